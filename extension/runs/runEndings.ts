/** Tells of runs that ended: each once, also of those that ended while no window was open. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { concernsDevice } from '../device/deviceErrors.js';
import { plainText } from '../plainText.js';
import { endedRuns } from './endedRuns.js';
import { grouped } from './runFigures.js';
import type { RunStore } from './runStore.js';
import { logTail } from './trainerLog.js';

/** Where the workspace's memory keeps the folders of runs whose end is still to be told. */
const EXPECTED = 'runsExpectedToEnd';
const LOG_LINES = 3;

/** Watches the runs and tells of each that ran and no longer does. */
export function tellEndings({ workspaceState }: vscode.ExtensionContext, runs: RunStore): vscode.Disposable {
  return runs.onDidChange(() => tell(workspaceState, runs));
}

/** Lets the end of this run be told, even if it has ended without ever being seen running. */
export async function expectEnd(memory: vscode.Memento, runs: RunStore, folder: string): Promise<void> {
  await memory.update(EXPECTED, [...new Set([...memory.get<string[]>(EXPECTED, []), folder])]);
  tell(memory, runs);
}

function tell(memory: vscode.Memento, runs: RunStore): void {
  const before = memory.get<string[]>(EXPECTED, []);
  const { ended, expected } = endedRuns(before, runs.runs);
  // Noted before it is told: that nothing is told twice matters more than a window that closes in between.
  if (expected.join('\n') !== before.join('\n')) void memory.update(EXPECTED, expected);
  for (const run of ended) void tellEnd(run);
}

async function tellEnd(run: RunSummary): Promise<void> {
  switch (run.status) {
    case 'finished':
      return await tellFinished(run);
    case 'failed':
    case 'interrupted':
      return await tellDeath(run);
  }
}

async function tellFinished({ name, folder, objective }: RunSummary): Promise<void> {
  const openDashboard = vscode.l10n.t('Open Dashboard');
  const useAsClassifier = vscode.l10n.t('Use as Classifier');
  const buttons = objective === 'finetune' ? [openDashboard, useAsClassifier] : [openDashboard];
  const chosen = await vscode.window.showInformationMessage(
    plainText(vscode.l10n.t('{0} has finished.', name)),
    ...buttons,
  );
  if (chosen === openDashboard) await vscode.commands.executeCommand('distilbertStudio.openDashboard', [folder]);
  if (chosen === useAsClassifier)
    await vscode.commands.executeCommand('distilbertStudio.selectClassifier', path.join(folder, 'final'));
}

async function tellDeath({ name, folder, globalStep, error, errorCode, device }: RunSummary): Promise<void> {
  const step = grouped(globalStep, vscode.env.language);
  const lines = (await logTail(folder)).split('\n').slice(-LOG_LINES).join('\n');
  const message = error
    ? vscode.l10n.t('{0} failed at step {1}. {2}', name, step, error)
    : vscode.l10n.t('The trainer of {0} ended unexpectedly at step {1}. Its log ends with: {2}', name, step, lines);
  const resume = vscode.l10n.t('Resume');
  const elsewhere = vscode.l10n.t('Resume on Another Device');
  const showLog = vscode.l10n.t('Show Log');
  const buttons = concernsDevice(errorCode, device?.name) ? [resume, elsewhere, showLog] : [resume, showLog];
  const chosen = await vscode.window.showErrorMessage(plainText(message), ...buttons);
  if (chosen === elsewhere) await resumeElsewhere(folder);
  if (chosen === resume) await vscode.commands.executeCommand('distilbertStudio.resumeRun', folder);
  if (chosen === showLog) await vscode.commands.executeCommand('distilbertStudio.showTrainerLog', folder);
}

/** Lets the user choose a device and resumes the run in `folder` on it, from its last checkpoint. */
async function resumeElsewhere(folder: string): Promise<void> {
  const device = await vscode.commands.executeCommand<string | undefined>('distilbertStudio.selectDevice');
  if (device !== undefined) await vscode.commands.executeCommand('distilbertStudio.resumeRun', folder);
}
