/** How the extension starts the trainer's command line: with the editor's own Node, in a process of its own. */

import path from 'node:path';

/** A program to start without a shell. */
export interface Program {
  command: string;
  args: string[];
  env: Record<string, string>;
}

let project = '';

/** Where the trainer looks for packages that the user has installed, and runs them: a folder that is trusted; empty: nowhere. */
export function lookForPackagesIn(folder: string): void {
  project = folder;
}

/** What the user's settings add to the environment of every trainer's process. */
let added: Readonly<Record<string, string>> = {};

/** Sets what the settings add, for the processes that are started from now on. */
export function setAddedEnvironment(env: Readonly<Record<string, string>>): void {
  added = env;
}

/** `dist/cli.js ARGS` of the extension in `extensionFolder`. */
export function trainerProgram(extensionFolder: string, args: readonly string[]): Program {
  return {
    command: process.execPath,
    args: [path.join(extensionFolder, 'dist', 'cli.js'), ...args],
    env: {
      ...added,
      // On the desktop the executable is Electron, which is Node only when told so.
      ELECTRON_RUN_AS_NODE: '1',
      // ONNX Runtime phones home on Linux without this.
      ORT_DISABLE_TELEMETRY: '1',
      // Options meant for another Node (a debugger's, a loader's) must not reach the trainer.
      NODE_OPTIONS: '',
      DISTILBERT_STUDIO_PROJECT: project,
    },
  };
}
