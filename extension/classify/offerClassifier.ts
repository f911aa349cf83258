/** What a command that needs a classifier says when none is selected. */

import * as vscode from 'vscode';
import { errorMessage } from '../errorMessages.js';

/** Offers to train the sample's or to select one, and goes on once one is selected. */
export async function offerClassifier(goOn: () => Promise<unknown>): Promise<void> {
  const train = vscode.l10n.t('Train the Sample Classifier');
  const select = vscode.l10n.t('Select Classifier');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No classifier is selected yet. Select a fine-tuned model, or train the sample classifier in a few minutes.',
    ),
    train,
    select,
  );
  if (answer === train) await vscode.commands.executeCommand('distilbertStudio.trainSampleClassifier');
  if (answer !== select) return;
  if ((await vscode.commands.executeCommand('distilbertStudio.selectClassifier')) === undefined) return;
  await goOn().catch((error) => vscode.window.showErrorMessage(errorMessage(error)));
}
