/** The status bar's word on the run that is running. */

import * as vscode from 'vscode';
import { isRunning } from './runActions.js';
import type { RunStore } from './runStore.js';
import { progressTexts, tooltip } from './runText.js';

/** Shows the newest running run; hidden while none runs. */
export function createRunStatusBar(runs: RunStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('distilbertStudio.activeRun', vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('DistilBERT run');
  const show = () => {
    const run = runs.runs.find(isRunning);
    if (!run) {
      item.hide();
      return;
    }
    const progress = progressTexts(run).join(' · ');
    item.text = `$(sync~spin) ${run.name} ${progress}`.trimEnd();
    item.tooltip = tooltip(run);
    item.command = {
      command: 'distilbertStudio.openDashboard',
      title: vscode.l10n.t('Open Dashboard'),
      arguments: [[run.folder]],
    };
    item.accessibilityInformation = { label: vscode.l10n.t('Training {0}: {1}', run.name, progress) };
    item.show();
  };
  return vscode.Disposable.from(item, runs.onDidChange(show));
}
