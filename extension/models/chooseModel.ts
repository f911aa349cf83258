/** Which model a command is about: what it was given, or what the user picks. */

import path from 'node:path';
import * as vscode from 'vscode';
import { modelDetails } from './modelDetails.js';
import type { Model } from './modelFolder.js';
import type { ModelStore } from './modelStore.js';

/** A path (relative to the workspace), a folder in the explorer, or a row of the Models view. */
export type ModelArgument = string | vscode.Uri | Model;

/** The absolute path of the model's folder. */
export function modelFolderOf(argument: ModelArgument): string {
  if (argument instanceof vscode.Uri) return argument.fsPath;
  const folder = typeof argument === 'string' ? argument : argument.folder;
  return path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', folder);
}

/** The given model's folder, or one picked among the workspace's; undefined when it was called off. */
export async function chooseModel(store: ModelStore, argument?: ModelArgument): Promise<string | undefined> {
  if (argument !== undefined) return modelFolderOf(argument);
  const items = store.refresh().then(() =>
    store.items.map((model) => ({
      label: model.name,
      description: vscode.workspace.asRelativePath(model.folder),
      detail: modelDetails(model),
      folder: model.folder,
    })),
  );
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Model'), matchOnDescription: true }))
    ?.folder;
}

/** Asks for one folder. */
export async function chooseFolder(title: string, openLabel = vscode.l10n.t('Choose')): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0]?.fsPath;
}
