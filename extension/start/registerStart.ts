/** Commands that begin something: the three trainings, the sample workspace, the device. */

import type * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore.js';

/** Registers them; what is returned ends with the window. */
export function registerStart(_context: vscode.ExtensionContext, _runs: RunStore): vscode.Disposable[] {
  return [];
}
