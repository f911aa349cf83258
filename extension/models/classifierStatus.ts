/** The status bar's item with the active classifier; a click selects another. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from '../classify/activeClassifier.js';
import type { ModelStore } from './modelStore.js';

/** Shown while a classifier is set or the workspace has any. */
export function classifierStatus(classifier: ActiveClassifier, store: ModelStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('distilbertStudio.activeClassifier', vscode.StatusBarAlignment.Right);
  item.name = vscode.l10n.t('DistilBERT: Active Classifier');
  item.command = 'distilbertStudio.selectClassifier';
  const update = () => {
    const { name } = classifier;
    item.text = `$(tag) ${name ?? vscode.l10n.t('Select Classifier')}`;
    item.tooltip = classifier.model ?? vscode.l10n.t('No classifier is selected.');
    if (name !== undefined || store.items.some(({ kind }) => kind === 'classifier')) item.show();
    else item.hide();
  };
  update();
  return vscode.Disposable.from(item, classifier.onDidChange(update), store.onDidChange(update));
}
