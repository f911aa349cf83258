/** The commands that start a training: choose or make a config, check it, tell what it will cost, and start the run. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { Objective } from '../../trainer-core/protocol/events.js';
import type { Estimate } from '../../trainer-core/protocol/jobs.js';
import { deviceFlag, trainingFlags } from '../device/deviceSetting.js';
import { freeFolder } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { runFolderName } from '../runs/runFolderName.js';
import { RUNS_FOLDER, type RunStore } from '../runs/runStore.js';
import { startRun } from '../runs/startRun.js';
import { chooseConfig } from './chooseConfig.js';
import { openConfig, showConfigError } from './configProblem.js';
import { confirmCost } from './confirmCost.js';
import { mayRead } from './mayRead.js';
import { type Drafts, newConfig } from './newConfig.js';
import { openFolder } from './openFolder.js';

/** Where a training is started from. */
export interface StartContext {
  context: vscode.ExtensionContext;
  runs: RunStore;
  drafts: Drafts;
}

/**
 * Starts a training with the config at `uri`, or with one that the user chooses or makes, a new one where a `corpus` is given. Resolves with the run's folder, or with
 * undefined when the user cancelled or was told what is wrong.
 */
export async function startTraining(
  start: StartContext,
  objective: Objective,
  uri?: vscode.Uri,
  corpus?: string,
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Training reads files that a config names, so it needs a trusted workspace.'));
  const workspace = openFolder(uri?.fsPath ?? corpus);
  if (workspace === undefined) return undefined;
  const config = uri?.fsPath ?? (await configToStart(start, objective, workspace, corpus));
  if (config === undefined) return undefined;
  try {
    return await startConfig(start, objective, config, openFolder(config) ?? workspace);
  } catch (error) {
    void showConfigError(error, config);
    return undefined;
  }
}

async function configToStart(
  start: StartContext,
  objective: Objective,
  workspace: string,
  corpus?: string,
): Promise<string | undefined> {
  const choice = corpus === undefined ? await chooseConfig(objective) : 'new';
  if (choice !== 'new') return choice?.file;
  return await newConfig(start.context, objective, start.drafts, workspace, corpus);
}

async function startConfig(
  { context, runs }: StartContext,
  objective: Objective,
  configFile: string,
  workspace: string,
): Promise<string | undefined> {
  await save(configFile);
  if (!(await mayRead(context, objective, configFile))) return undefined;
  const cost = await runJobWithNotification<Estimate>(
    context.extensionPath,
    vscode.l10n.t('Working out what {0} will cost', path.basename(configFile)),
    ['estimate', '--objective', objective, '--config', configFile, ...deviceFlag()],
  );
  if (!cost) return undefined;
  const answer = await confirmCost(cost, path.basename(configFile));
  if (answer === 'open') await openConfig(configFile, 1);
  if (answer !== 'start') return undefined;
  // Two runs may start within a second.
  const out = await freeFolder(path.join(workspace, RUNS_FOLDER), runFolderName(configFile, new Date()));
  return await startRun(context, runs, { objective, configFile, out, resume: false, flags: trainingFlags() });
}

/** What is on disk is what the trainer reads, so unsaved changes are saved first. */
async function save(file: string): Promise<void> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (open?.isDirty) await open.save();
}
