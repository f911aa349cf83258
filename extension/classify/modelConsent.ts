/** Asks before a model is used that lies outside the workspace only because the workspace's own settings say so. */

import * as vscode from 'vscode';
import { pathsOutside } from '../pathsOutside.js';

/** Where the folders that were allowed are remembered. */
const ALLOWED = 'allowedModels';

/**
 * True for a folder in the workspace, one that the user's own settings name, and one that the user has allowed or allows now.
 * @param setting the name of the setting that the folder comes from
 */
export async function mayUseModel(folder: string, setting: string, state: vscode.Memento): Promise<boolean> {
  const { workspaceValue, workspaceFolderValue } = vscode.workspace.getConfiguration().inspect<string>(setting) ?? {};
  const byWorkspace = Boolean(workspaceValue ?? workspaceFolderValue);
  if (!byWorkspace || state.get<string[]>(ALLOWED, []).includes(folder)) return true;
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  if ((await pathsOutside([folder], roots)).length === 0) return true;
  const use = vscode.l10n.t('Use It');
  const detail = vscode.l10n.t('The settings of this workspace name it. Use it only if you trust where it comes from.');
  const question = vscode.l10n.t('Use the classifier {0}, which is outside the workspace?', folder);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, use)) !== use) return false;
  await allowModel(folder, state);
  return true;
}

/** Remembers for this workspace that the user wants this folder. */
export async function allowModel(folder: string, state: vscode.Memento): Promise<void> {
  const allowed = state.get<string[]>(ALLOWED, []);
  if (!allowed.includes(folder)) await state.update(ALLOWED, [...allowed, folder]);
}
