/** The training dashboard in the side bar and in the editor. */

import type * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore.js';

/** Registers them; what is returned ends with the window. */
export function registerDashboard(_context: vscode.ExtensionContext, _runs: RunStore): vscode.Disposable[] {
  return [];
}
