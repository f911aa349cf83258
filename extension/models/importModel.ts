/** The command "Import Model": brings a model from a folder or the Hugging Face hub into the workspace's `models` folder. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelWritten } from '../../trainer-core/protocol/jobs.js';
import { freeFolder } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { openFolder } from '../start/openFolder.js';
import { importedName, parseHubId } from './hubId.js';
import { hubVariables } from './hubToken.js';

/**
 * Imports `from`, a folder's absolute path or a hub id; without it the user is asked for one. A model that is there is never
 * written over. Resolves with the new folder, or with undefined when the user cancelled. Rejects with TrainerEnded.
 */
export async function importModel(context: vscode.ExtensionContext, from?: string): Promise<string | undefined> {
  const workspace = openFolder();
  if (!workspace) return undefined;
  const source = from ?? (await askSource());
  if (source === undefined) return undefined;
  const name = importedName(source);
  const out = await freeFolder(path.join(workspace, 'models'), name);
  const title = vscode.l10n.t('Importing {0}', name);
  const args = ['import', '--from', source, '--out', out];
  const written = await runJobWithNotification<ModelWritten>(
    context.extensionPath,
    title,
    args,
    await hubVariables(context),
  );
  if (!written) return undefined;
  await vscode.commands.executeCommand('distilbertStudio.refreshModels');
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(check) The model is in {0}', vscode.workspace.asRelativePath(out)),
    5000,
  );
  return written.folder;
}

/** A hub id in its plain form, checked while it is typed. */
export async function askHubId(): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Import from the Hugging Face hub'),
    prompt: vscode.l10n.t('Id of a BERT or DistilBERT: owner/name, or the address of its page'),
    placeHolder: 'tohoku-nlp/bert-base-japanese-whole-word-masking',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed.trim() === '' || parseHubId(typed) ? undefined : vscode.l10n.t('An id looks like owner/name.'),
  });
  return text === undefined ? undefined : parseHubId(text);
}

async function askSource(): Promise<string | undefined> {
  const hub = {
    label: `$(cloud-download) ${vscode.l10n.t('From the Hugging Face hub…')}`,
    detail: vscode.l10n.t('Downloads config.json, vocab.txt and the weights'),
  };
  const folder = {
    label: `$(folder-opened) ${vscode.l10n.t('From a folder…')}`,
    detail: vscode.l10n.t(
      'Copies a folder with config.json, vocab.txt and weights, after checking that it can be used',
    ),
  };
  const picked = await vscode.window.showQuickPick([hub, folder], { title: vscode.l10n.t('Import Model') });
  if (picked === hub) return await askHubId();
  if (picked !== folder) return undefined;
  const chosen = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false });
  return chosen?.[0]?.fsPath;
}
