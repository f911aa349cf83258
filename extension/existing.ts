/** What to do about files and folders that are there already: another name, or leave to replace them. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { numbered } from './numbered.js';

/** Whether there is anything of this path. */
export async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** The first of `NAME`, `NAME-2`, `NAME-3` … in `parent` that is not there. */
export async function freeFolder(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = path.join(parent, numbered(name, '', number));
    if (!(await exists(folder))) return folder;
  }
}

/** Asks before a file or folder is replaced; true when there is none. `shown` is what the question calls it. */
export async function mayReplace(file: string, shown: string): Promise<boolean> {
  if (!(await exists(file))) return true;
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('{0} exists already. Replace it?', shown);
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}
