/** The commands "Open Sample Workspace" and "Train the Sample Classifier". */

import path from 'node:path';
import * as vscode from 'vscode';
import type { SampleWritten } from '../../trainer-core/protocol/jobs.js';
import { exists } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { OPENED_SAMPLE } from './greetSample.js';
import { openPaths } from './questions.js';
import { type StartContext, startTraining } from './startTraining.js';

/** What tells a sample workspace from other folders. */
const SAMPLE_CONFIG = 'sample.finetune.json';

/** Asks where, writes what is missing of the sample there, and opens the folder. Resolves with it; undefined: cancelled. */
export async function openSampleWorkspace(context: vscode.ExtensionContext): Promise<string | undefined> {
  const place = await askPlace(sampleFolder(context));
  if (!place || !(await writeSample(context, place.folder))) return undefined;
  await context.globalState.update(OPENED_SAMPLE, place.folder);
  const options = { forceNewWindow: place.newWindow, forceReuseWindow: !place.newWindow };
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(place.folder), options);
  return place.folder;
}

/**
 * Fine-tunes the sample's classifier into the workspace's runs, so that a user without a model of their own has one in a minute.
 * The sample itself is written beside the extension's data unless the workspace is one; without a workspace it is opened.
 */
export async function trainSampleClassifier(start: StartContext): Promise<string | undefined> {
  const { context } = start;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder === undefined) return await openSampleWorkspace(context);
  const isSample = await exists(path.join(folder, SAMPLE_CONFIG));
  const sample = isSample ? folder : sampleFolder(context);
  if (!isSample && !(await writeSample(context, sample))) return undefined;
  return await startTraining(start, 'finetune', vscode.Uri.file(path.join(sample, SAMPLE_CONFIG)));
}

function sampleFolder(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'sample');
}

/** False when the user cancelled; what was written by then stays and is gone on with. */
async function writeSample(context: vscode.ExtensionContext, folder: string): Promise<boolean> {
  const args = ['sample', '--out', folder];
  const title = vscode.l10n.t('Making the sample workspace');
  return (await runJobWithNotification<SampleWritten>(context.extensionPath, title, args)) !== undefined;
}

async function askPlace(first: string): Promise<{ folder: string; newWindow: boolean } | undefined> {
  for (let folder = first; ; ) {
    const here = { label: `$(window) ${vscode.l10n.t('Open in This Window')}`, detail: folder };
    const newWindow = { label: `$(empty-window) ${vscode.l10n.t('Open in a New Window')}`, detail: folder };
    const other = {
      label: `$(folder-opened) ${vscode.l10n.t('Choose another place…')}`,
      detail: vscode.l10n.t('The sample takes 15 MB; runs and models go into the same folder'),
    };
    const picked = await vscode.window.showQuickPick([here, newWindow, other], {
      title: vscode.l10n.t('Open Sample Workspace'),
      placeHolder: vscode.l10n.t('A small teacher, text and labelled articles to try everything on'),
      ignoreFocusOut: true,
    });
    if (picked !== other) return picked && { folder, newWindow: picked === newWindow };
    const [parent] = (await openPaths({ canSelectFolders: true, canSelectFiles: false })) ?? [];
    if (parent === undefined) continue;
    // A sample that was made before is gone on with; in any other folder it gets one of its own.
    folder = (await exists(path.join(parent, SAMPLE_CONFIG))) ? parent : path.join(parent, 'distilbert-sample');
  }
}
