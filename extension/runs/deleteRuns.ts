/** Deletes run folders after asking: to the trash, or for good where there is none. */

import path from 'node:path';
import * as vscode from 'vscode';

/** Resolves when they are gone or the user changed their mind. */
export async function deleteRuns(folders: readonly string[]): Promise<void> {
  const [first = ''] = folders;
  const question =
    folders.length === 1
      ? vscode.l10n.t('Move the run {0} to the trash, with its checkpoints and models?', path.basename(first))
      : vscode.l10n.t('Move {0} runs to the trash, with their checkpoints and models?', folders.length);
  if (!(await confirmed(question, folders, vscode.l10n.t('Move to Trash')))) return;
  const left = await remove(folders, true);
  if (left.length === 0) return;
  const forGood = vscode.l10n.t('They could not be moved to the trash: this machine may have none. Delete for good?');
  if (!(await confirmed(forGood, left, vscode.l10n.t('Delete Permanently')))) return;
  const [failed] = await remove(left, false);
  if (failed) throw new Error(vscode.l10n.t('{0} could not be deleted.', failed));
}

/** Gives the folders that are still there. */
async function remove(folders: readonly string[], useTrash: boolean): Promise<string[]> {
  const left: string[] = [];
  for (const folder of folders) {
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash }).then(undefined, () => {
      left.push(folder);
    });
  }
  return left;
}

async function confirmed(question: string, folders: readonly string[], button: string): Promise<boolean> {
  const options = { modal: true, detail: folders.join('\n') };
  return (await vscode.window.showWarningMessage(question, options, button)) === button;
}
