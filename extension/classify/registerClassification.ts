/** Commands and views of classification. */

import type * as vscode from 'vscode';
import type { ActiveClassifier } from './activeClassifier.js';

/** Registers them; what is returned ends with the window. */
export function registerClassification(
  _context: vscode.ExtensionContext,
  _classifier: ActiveClassifier,
): vscode.Disposable[] {
  return [];
}
