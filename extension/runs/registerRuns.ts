/** Commands, tree and status bar of runs: stop, resume, checkpoint, reveal, compare, delete, log. */

import type * as vscode from 'vscode';
import type { RunStore } from './runStore.js';

/** Registers them; what is returned ends with the window. */
export function registerRuns(_context: vscode.ExtensionContext, _runs: RunStore): vscode.Disposable[] {
  return [];
}
