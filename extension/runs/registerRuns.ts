/** Commands, tree, status bar and notices of runs. */

import type * as vscode from 'vscode';
import { registerRunCommands } from './runCommands.js';
import { setRunContextKeys } from './runContextKeys.js';
import { tellEndings } from './runEndings.js';
import { createRunStatusBar } from './runStatusBar.js';
import type { RunStore } from './runStore.js';
import { createRunsTree } from './runsTree.js';

/** Registers them; what is returned ends with the window. */
export function registerRuns(context: vscode.ExtensionContext, runs: RunStore): vscode.Disposable[] {
  // Activation itself does no work; the runs are read right after it.
  const first = setTimeout(() => void runs.refresh(), 0);
  return [
    { dispose: () => clearTimeout(first) },
    createRunsTree(runs),
    createRunStatusBar(runs),
    setRunContextKeys(runs),
    tellEndings(context, runs),
    ...registerRunCommands(context, runs),
  ];
}
