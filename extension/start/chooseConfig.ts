/** Which config a training starts with: one of the workspace's, a new one, or a file from elsewhere. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { openPaths } from './questions.js';
import { CONFIG_SUFFIX, startTitle } from './trainings.js';

/** What was chosen: a config's path, or `new`; undefined when the user cancelled. */
export type ConfigChoice = { file: string } | 'new' | undefined;

/** Asks, unless the workspace has no config yet: then there is nothing to choose from. */
export async function chooseConfig(objective: Objective): Promise<ConfigChoice> {
  const found = await vscode.workspace.findFiles(`**/*${CONFIG_SUFFIX[objective]}`, '**/{node_modules,runs}/**');
  if (found.length === 0) return 'new';
  const configs = found
    .map(({ fsPath }) => ({
      label: path.basename(fsPath),
      description: vscode.workspace.asRelativePath(fsPath),
      file: fsPath,
    }))
    .sort((a, b) => (a.description < b.description ? -1 : 1));
  const create = { label: `$(add) ${vscode.l10n.t('New configuration…')}`, alwaysShow: true };
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Choose another file…')}`, alwaysShow: true };
  const line = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const items: (vscode.QuickPickItem & { file?: string })[] = [...configs, line, create, browse];
  const picked = await vscode.window.showQuickPick(items, {
    title: startTitle(objective),
    placeHolder: vscode.l10n.t('Configuration to start with (*{0})', CONFIG_SUFFIX[objective]),
    matchOnDescription: true,
  });
  if (picked === create) return 'new';
  if (picked === browse) return await browseConfig(objective);
  return picked?.file === undefined ? undefined : { file: picked.file };
}

async function browseConfig(objective: Objective): Promise<ConfigChoice> {
  const [file] =
    (await openPaths({
      title: startTitle(objective),
      filters: { [vscode.l10n.t('Configuration')]: ['json'] },
    })) ?? [];
  return file === undefined ? undefined : { file };
}
