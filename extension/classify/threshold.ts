/** The probability below which an answer is shown as unsure. */

import * as vscode from 'vscode';

/** The setting, from 0 to 1; 0: every answer has its label. */
export const THRESHOLD_SETTING = 'distilbertStudio.threshold';

/** What the user has set; null: none. Ask once for many answers: settings are read slowly. */
export function chosenThreshold(): number | null {
  const threshold = vscode.workspace.getConfiguration('distilbertStudio').get('threshold', 0);
  return threshold > 0 ? threshold : null;
}

/** How a command of the trainer is told. */
export function thresholdFlag(): string[] {
  const threshold = chosenThreshold();
  return threshold === null ? [] : ['--threshold', String(threshold)];
}
