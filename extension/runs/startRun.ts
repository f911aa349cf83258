/** Starts or resumes a run, waits until it trains, and says what was wrong when it does not come to that. */

import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TrainerError } from '../../trainer-core/protocol/errors.js';
import type { RunState } from '../../trainer-core/protocol/runState.js';
import { concernsDevice } from '../device/deviceErrors.js';
import { displayLanguage } from '../displayLanguage.js';
import { errorMessage, reportedError } from '../errorMessages.js';
import { plainText } from '../plainText.js';
import { expectEnd } from './runEndings.js';
import type { RunStore } from './runStore.js';
import { logSize, logTail } from './trainerLog.js';
import { startTrainer, TRAINER_LOG, type TrainerStart } from './trainerProcess.js';

const LOOK_MS = 100;
/** All that a run can leave that never began to train. */
const WORTHLESS = new Set([TRAINER_LOG, 'config.json']);

/**
 * Starts a trainer that outlives the window and opens the dashboard on its run, once that is under way. Resolves with the run's
 * folder, or with undefined when it was cancelled or failed before, which the user then has been told.
 */
export async function startRun(
  context: vscode.ExtensionContext,
  runs: RunStore,
  start: Omit<TrainerStart, 'language'>,
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Training reads files that a config names, so it needs a trusted workspace.'));
  const { out, resume } = start;
  const name = plainText(path.basename(out));
  // A resumed run's log tells of earlier failures too.
  const logged = await logSize(out);
  const outcome = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: resume
        ? vscode.l10n.t('Resuming {0}: reading its models and data…', name)
        : vscode.l10n.t('Starting {0}: reading its models and data…', name),
      cancellable: true,
    },
    (progress, token) => {
      const onBuilding = (percent: number) =>
        progress.report({ message: vscode.l10n.t('building its corpus, {0} %', percent) });
      return untilTraining(context.extensionPath, { ...start, language: displayLanguage() }, token, onBuilding, logged);
    },
  );
  if (outcome === 'training') {
    runs.include(out);
    await runs.refresh();
    await expectEnd(context.workspaceState, runs, out);
    await vscode.commands.executeCommand('distilbertStudio.openDashboard', [out]);
    return out;
  }
  const log = await logTail(out, logged);
  if (!resume) await removeWorthless(out);
  await runs.refresh();
  if (outcome === 'failed') void tellFailure(log);
  return undefined;
}

/** Cancelling ends the trainer; what is built of a corpus by then is kept, and gone on with by the next start. */
async function untilTraining(
  extensionPath: string,
  start: TrainerStart,
  token: vscode.CancellationToken,
  onBuilding: (percent: number) => void,
  logged: number,
): Promise<'training' | 'failed' | 'cancelled'> {
  const { pid, exit } = startTrainer(extensionPath, start);
  let ended = false;
  const end = exit.then(() => {
    ended = true;
  });
  const cancellation = token.onCancellationRequested(() => {
    // SIGTERM is heard only between steps, and there is nothing to save before the first.
    if (pid !== undefined && !ended) process.kill(pid, 'SIGKILL');
  });
  try {
    // A resumed run has a state already, that of the process before.
    while (!ended && (await statePid(start.out)) !== pid) {
      const percent = builtPercent(await logTail(start.out, logged));
      if (percent !== null) onBuilding(percent);
      await Promise.race([end, sleep(LOOK_MS)]);
    }
    if (token.isCancellationRequested) return 'cancelled';
    // A short run may be over by now.
    return pid !== undefined && (await statePid(start.out)) === pid ? 'training' : 'failed';
  } finally {
    cancellation.dispose();
  }
}

/** How much of its corpus a run has built, as the last line of its log tells (`training/loggedStages.ts`). */
function builtPercent(log: string): number | null {
  const found = /\((\d+) %\).*$/.exec(log.split('\n').at(-1) ?? '');
  return found ? Number(found[1]) : null;
}

async function statePid(folder: string): Promise<number | undefined> {
  try {
    return (JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')) as RunState).pid;
  } catch {
    return undefined;
  }
}

/** Removes the folder of a run that never began; one with anything else in it stays. */
async function removeWorthless(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // What was being written when the process ended has a name that begins with a dot.
  if (names.every((name) => WORTHLESS.has(name) || name.startsWith('.')))
    await rm(folder, { recursive: true, force: true });
}

async function tellFailure(log: string): Promise<void> {
  const error = reportedError(log);
  const lastLine = log.split('\n').at(-1) ?? '';
  const message = error
    ? errorMessage(error)
    : plainText(vscode.l10n.t('The trainer stopped unexpectedly. {0}', lastLine));
  const showLog = vscode.l10n.t('Show Log');
  const place = error && placeOf(error);
  const openFile = error?.code.startsWith('config') ? vscode.l10n.t('Open Config') : vscode.l10n.t('Open File');
  const selectDevice = vscode.l10n.t('Select Device');
  const chosen = await vscode.window.showErrorMessage(
    message,
    ...(place ? [openFile] : []),
    ...(concernsDevice(error?.code) ? [selectDevice] : []),
    showLog,
  );
  if (chosen === selectDevice) await vscode.commands.executeCommand('distilbertStudio.selectDevice');
  if (chosen === showLog) {
    // Its file may be gone with the folder.
    const document = await vscode.workspace.openTextDocument({ content: log, language: 'log' });
    await vscode.window.showTextDocument(document);
  }
  if (chosen === openFile && place) {
    const at = new vscode.Position(place.line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(place.file), { selection: new vscode.Range(at, at) });
  }
}

/** Where the fault stands, when it stands in a text that the user wrote. */
function placeOf({ code, data }: TrainerError): { file: string; line: number } | undefined {
  const { file, line } = data as { file?: unknown; line?: unknown };
  if (typeof file !== 'string' || !path.isAbsolute(file)) return undefined;
  if (typeof line === 'number') return { file, line };
  return code.startsWith('config') ? { file, line: 1 } : undefined;
}
