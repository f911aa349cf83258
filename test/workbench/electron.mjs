/**
 * `npm run test:electron [-- VERSION]`: builds and runs the same Mocha suite in the desktop's VS Code, which @vscode/test-electron
 * downloads: for machines that can reach its host. On Linux it needs a display (`xvfb-run`).
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from '../../scripts/build.mjs';
import { ensure, ensureIn } from '../../scripts/ensure.mjs';
import { EXTENSION, MODULES } from './paths.mjs';
import { report } from './report.mjs';

ensure();
// Of our packages only Mocha is needed here, but they come together.
if (!existsSync(path.join(MODULES, 'mocha'))) ensureIn('test/workbench', 'what tests in VS Code need');
await build();

const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron');
const { bundleSuite } = await import('./bundleSuite.mjs');
const { makeWorkspace } = await import('./workspace.mjs');

const version = process.argv[2] ?? 'stable';
const program = await downloadAndUnzipVSCode({ version, cachePath: path.join(EXTENSION, '.vscode-test') }).catch(
  (error) => {
    console.error(`electron: NOT RUN, because VS Code (${version}) could not be downloaded: ${error.message}`);
    console.error('Where its host cannot be reached, the same suite runs in code-server: npm run test:workbench');
    process.exit(1);
  },
);

const own = mkdtempSync(path.join(os.tmpdir(), 'electron-'));
const file = path.join(own, 'results.json');
const folder = path.join(own, 'workspace');
mkdirSync(folder);
const workspace = makeWorkspace();
try {
  // A failed test ends VS Code with an error too; then the results say which.
  const problem = await runTests({
    vscodeExecutablePath: program,
    extensionDevelopmentPath: EXTENSION,
    extensionTestsPath: await bundleSuite(),
    extensionTestsEnv: { WORKBENCH_RESULTS: file, WORKBENCH_FILES: workspace.folder },
    launchArgs: [folder, '--disable-workspace-trust', '--user-data-dir', path.join(own, 'data')],
  }).catch((error) => error);
  if (!existsSync(file)) throw problem instanceof Error ? problem : new Error('VS Code ended without results.');
  process.exitCode = report(JSON.parse(readFileSync(file, 'utf8'))) > 0 ? 1 : 0;
} finally {
  workspace.remove();
  rmSync(own, { recursive: true, force: true });
}
