/** What can be done to runs: stop, save a checkpoint, resume, reveal, compare, read the log. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { TrainerMethod, TrainerRequests } from '../../trainer-core/protocol/control.js';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { trainingFlags } from '../device/deviceSetting.js';
import { plainText } from '../plainText.js';
import { registerCommand } from '../registerCommand.js';
import { deleteRuns } from './deleteRuns.js';
import { pickRuns, pickSeveralRuns } from './pickRun.js';
import { hasEnded, isAny, isResumable, isRunning } from './runActions.js';
import { grouped } from './runFigures.js';
import type { RunStore } from './runStore.js';
import { startRun } from './startRun.js';
import { showTrainerLog } from './trainerLog.js';

/** As many as the dashboard shows at once. */
const MOST_COMPARED = 8;

/** Each command takes a run's folder, a list of them, what the tree gives, or nothing: then it asks. */
export function registerRunCommands(context: vscode.ExtensionContext, runs: RunStore): vscode.Disposable[] {
  return [
    registerCommand('stopRun', async (...args: unknown[]) => {
      const stopped = await pickRuns(runs, args, {
        title: vscode.l10n.t('Stop Run'),
        applies: isRunning,
        none: vscode.l10n.t('This run is not running.'),
      });
      await Promise.all(stopped.map((run) => stop(runs, run)));
    }),
    registerCommand('saveCheckpoint', async (...args: unknown[]) => {
      const [run] = await pickRuns(runs, args, {
        title: vscode.l10n.t('Save Checkpoint Now'),
        applies: isRunning,
        none: vscode.l10n.t('This run is not running.'),
      });
      return run && (await saveCheckpoint(run));
    }),
    registerCommand('resumeRun', async (...args: unknown[]) => {
      const [run] = await pickRuns(runs, args, {
        title: vscode.l10n.t('Resume Run'),
        applies: isResumable,
        none: vscode.l10n.t('Only a run that was stopped, failed or was interrupted can be resumed.'),
      });
      if (!run || !(await mayResume(context, run))) return undefined;
      const { objective, folder } = run;
      return await startRun(context, runs, {
        objective,
        configFile: null,
        out: folder,
        resume: true,
        flags: trainingFlags(),
      });
    }),
    registerCommand('revealRun', async (...args: unknown[]) => {
      const [run] = await pickRuns(runs, args, anyRun(vscode.l10n.t('Reveal Run in Explorer')));
      if (run) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(run.folder));
    }),
    registerCommand('showTrainerLog', async (...args: unknown[]) => {
      const [run] = await pickRuns(runs, args, anyRun(vscode.l10n.t('Show Trainer Log')));
      if (run) await showTrainerLog(run.folder);
    }),
    registerCommand('compareRuns', async (...args: unknown[]) => {
      const folders = await pickSeveralRuns(runs, args, vscode.l10n.t('Compare Runs'));
      if (folders.length > 1)
        await vscode.commands.executeCommand('distilbertStudio.openDashboard', folders.slice(0, MOST_COMPARED));
    }),
    registerCommand('deleteRun', async (...args: unknown[]) => {
      const ended = await pickRuns(runs, args, {
        title: vscode.l10n.t('Move Run to Trash'),
        applies: hasEnded,
        none: vscode.l10n.t('A run that is running cannot be deleted. Stop it first.'),
        always: true,
      });
      if (ended.length > 0) await deleteRuns(ended.map(({ folder }) => folder));
      await runs.refresh();
    }),
  ];
}

/** A run's folder may come from someone else too. False when the user does not want it, or was told what is wrong with its config. */
async function mayResume(context: vscode.ExtensionContext, { objective, folder }: RunSummary): Promise<boolean> {
  const config = path.join(folder, 'config.json');
  // Loaded only now: the config schemas alone would double what activation takes.
  const { mayRead } = await import('../start/mayRead.js');
  try {
    return await mayRead(context, objective, config);
  } catch (error) {
    const { showConfigError } = await import('../start/configProblem.js');
    void showConfigError(error, config);
    return false;
  }
}

function anyRun(title: string) {
  return { title, applies: isAny, none: vscode.l10n.t('There is no run in this workspace.') };
}

/** Asks the trainer to stop and shows that it is stopping; to cancel is only to wait no longer. */
async function stop(runs: RunStore, run: RunSummary): Promise<void> {
  const { folder, name } = run;
  await request(run, 'stop');
  await withProgress(
    vscode.l10n.t('Stopping {0}: it finishes its step and saves a checkpoint…', name),
    (token) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (runs.find(folder)?.status === 'running') return;
          following.dispose();
          resolve();
        };
        const following = runs.onDidChange(look);
        token.onCancellationRequested(() => following.dispose());
        look();
      }),
  );
}

async function saveCheckpoint(run: RunSummary): Promise<unknown> {
  const { name } = run;
  const saved = await withProgress(vscode.l10n.t('Saving a checkpoint of {0}: it finishes its step first…', name), () =>
    request(run, 'saveCheckpoint'),
  );
  if (saved) {
    const step = grouped(saved.globalStep, vscode.env.language);
    void vscode.window.showInformationMessage(
      plainText(vscode.l10n.t('{0}: checkpoint saved at step {1}.', name, step)),
    );
  }
  return saved;
}

/** Asks the run's trainer; loads what speaks to it only now. */
async function request<M extends TrainerMethod>(
  { folder, name }: RunSummary,
  method: M,
): Promise<TrainerRequests[M]['result']> {
  if (!vscode.workspace.isTrusted)
    throw new Error(
      vscode.l10n.t('The folder of a run says which process to speak to, so this needs a trusted workspace.'),
    );
  const { requestTrainer, TrainerNotReachable } = await import('./trainerClient.js');
  try {
    return await requestTrainer(folder, method);
  } catch (cause) {
    if (!(cause instanceof TrainerNotReachable)) throw cause;
    const words = vscode.l10n.t('The trainer of {0} does not answer. It may have ended just now.', name);
    throw new Error(words, { cause });
  }
}

/** Resolves with undefined when the user waits no longer. */
async function withProgress<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T | undefined> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable: true },
    async (_progress, token) => {
      const cancelled = new Promise<undefined>((resolve) => {
        token.onCancellationRequested(() => resolve(undefined));
      });
      return await Promise.race([work(token), cancelled]);
    },
  );
}
