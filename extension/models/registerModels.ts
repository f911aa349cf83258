/** The tree of models and its commands. */

import type * as vscode from 'vscode';
import type { ActiveClassifier } from '../classify/activeClassifier.js';

/** Registers them; what is returned ends with the window. */
export function registerModels(_context: vscode.ExtensionContext, _classifier: ActiveClassifier): vscode.Disposable[] {
  return [];
}
