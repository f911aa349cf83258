/** The command "Export Model": a copy of a model in a folder elsewhere, as Hugging Face's programs read it. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelWritten } from '../../trainer-core/protocol/jobs.js';
import { mayReplace } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { plainText } from '../plainText.js';
import { chooseFolder, chooseModel, type ModelArgument } from './chooseModel.js';
import { modelName } from './modelName.js';
import type { ModelStore } from './modelStore.js';

/**
 * Copies the model to `target`; without it the user chooses a folder in which it gets one of its own name.
 * Resolves with what was written; undefined when it was called off.
 */
export async function exportModel(
  extensionFolder: string,
  store: ModelStore,
  argument?: ModelArgument,
  target?: string,
): Promise<ModelWritten | undefined> {
  const model = await chooseModel(store, argument);
  if (model === undefined) return undefined;
  const out = target ?? (await chooseTarget(model));
  if (out === undefined) return undefined;
  const title = vscode.l10n.t('Exporting {0}', modelName(model));
  const args = ['export', '--model', model, '--out', out];
  const written = await runJobWithNotification<ModelWritten>(extensionFolder, title, args);
  if (written) void offerReveal(written.folder);
  return written;
}

async function chooseTarget(model: string): Promise<string | undefined> {
  const title = vscode.l10n.t('Folder to export {0} into', modelName(model));
  const parent = await chooseFolder(title, vscode.l10n.t('Export'));
  if (parent === undefined) return undefined;
  const out = path.join(parent, modelName(model).replaceAll('/', '-'));
  return (await mayReplace(out, out)) ? out : undefined;
}

async function offerReveal(folder: string): Promise<void> {
  const reveal = vscode.l10n.t('Show Folder');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('The model is in {0}.', plainText(folder)),
    reveal,
  );
  if (answer === reveal) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}
