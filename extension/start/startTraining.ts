/** The commands that start a training: choose or make a config, check it, tell what it will cost, and start the run. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import type { Objective } from '../../trainer-core/protocol/events.js';
import type { Estimate } from '../../trainer-core/protocol/jobs.js';
import { parseConfig } from '../../trainer-core/protocol/parseConfig.js';
import { runJobWithNotification } from '../jobNotification.js';
import { runFolderName } from '../runs/runFolderName.js';
import type { RunStore } from '../runs/runStore.js';
import { startRun } from '../runs/startRun.js';
import { chooseConfig } from './chooseConfig.js';
import { numbered } from './configFile.js';
import { configPaths, pathsOutside } from './configPaths.js';
import { openConfig, showConfigError } from './configProblem.js';
import { confirmCost } from './confirmCost.js';
import { type Drafts, newConfig } from './newConfig.js';
import { openFolder } from './openFolder.js';
import { chosenDevice } from './selectDevice.js';
import { CONFIG_SCHEMA } from './trainings.js';

/** Where a training is started from. */
export interface StartContext {
  context: vscode.ExtensionContext;
  runs: RunStore;
  drafts: Drafts;
}

/**
 * Starts a training with the config at `uri`, or with one that the user chooses or makes. Resolves with the run's folder, or with
 * undefined when the user cancelled or was told what is wrong.
 */
export async function startTraining(
  start: StartContext,
  objective: Objective,
  uri?: vscode.Uri,
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Training reads files that a config names, so it needs a trusted workspace.'));
  const workspace = openFolder(uri?.fsPath);
  if (workspace === undefined) return undefined;
  const config = uri?.fsPath ?? (await configToStart(start, objective, workspace));
  if (config === undefined) return undefined;
  try {
    return await startConfig(start, objective, config, workspace);
  } catch (error) {
    void showConfigError(error, config);
    return undefined;
  }
}

async function configToStart(
  start: StartContext,
  objective: Objective,
  workspace: string,
): Promise<string | undefined> {
  const choice = await chooseConfig(objective);
  if (choice !== 'new') return choice?.file;
  return await newConfig(start.context, objective, start.drafts, workspace);
}

async function startConfig(
  { context, runs }: StartContext,
  objective: Objective,
  configFile: string,
  workspace: string,
): Promise<string | undefined> {
  const text = await savedText(configFile);
  const config = parseConfig(CONFIG_SCHEMA[objective], text, configFile);
  const paths = configPaths(CONFIG_SCHEMA[objective], config, path.dirname(configFile));
  if (!(await mayRead(paths, configFile, context))) return undefined;
  const device = chosenDevice();
  const cost = await runJobWithNotification<Estimate>(
    context.extensionPath,
    vscode.l10n.t('Working out what {0} will cost', path.basename(configFile)),
    ['estimate', '--objective', objective, '--config', configFile, ...(device === null ? [] : ['--device', device])],
  );
  if (!cost) return undefined;
  const answer = await confirmCost(cost, path.basename(configFile));
  if (answer === 'open') await openConfig(configFile, 1);
  if (answer !== 'start') return undefined;
  const out = freeRunFolder(path.join(workspace, 'runs'), configFile);
  return await startRun(context, runs, { objective, configFile, out, resume: false, device });
}

/** What is on disk is what the trainer reads, so unsaved changes are saved first. */
async function savedText(file: string): Promise<string> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (open?.isDirty) await open.save();
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainerError('fileNotFound', { file }, { cause });
  }
}

/** A config may come from someone else; what it reads outside of the workspace is the user's to allow. */
async function mayRead(
  paths: readonly string[],
  configFile: string,
  context: vscode.ExtensionContext,
): Promise<boolean> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const outside = await pathsOutside(paths, [...folders, context.extensionPath, context.globalStorageUri.fsPath]);
  if (outside.length === 0) return true;
  const read = vscode.l10n.t('Read Them');
  const question = vscode.l10n.t('{0} reads files outside of the workspace. Continue?', path.basename(configFile));
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: outside.join('\n') }, read);
  return answer === read;
}

/** Two runs may start within a second. */
function freeRunFolder(parent: string, configFile: string): string {
  const name = runFolderName(configFile, new Date());
  for (let number = 1; ; number++) {
    const folder = path.join(parent, numbered(name, '', number));
    if (!existsSync(folder)) return folder;
  }
}
