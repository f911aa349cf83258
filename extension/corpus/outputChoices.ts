/** Where a new corpus goes: a folder of its own in `corpora`, an unfinished build to go on with, or a folder elsewhere. */

import path from 'node:path';
import * as vscode from 'vscode';
import { numbered } from '../numbered.js';
import { plainText } from '../plainText.js';
import { type Choice, openPaths } from '../start/questions.js';
import { outputState } from './corpusFolder.js';
import { CORPORA_FOLDER } from './corpusStore.js';

/** The choices for a corpus called `name`: builds of that name that did not end, then the first free folder. */
export async function outputChoices(workspace: string, name: string): Promise<Choice<string>[]> {
  const parent = path.join(workspace, CORPORA_FOLDER);
  const choices: Choice<string>[] = [];
  for (let number = 1; ; number++) {
    const folder = path.join(parent, numbered(name, '', number));
    const state = await outputState(folder);
    const label = vscode.workspace.asRelativePath(folder);
    if (state === 'unfinished') {
      const description = vscode.l10n.t(
        'go on with the build that did not end; its input and settings must be the same',
      );
      choices.push({ label: `$(debug-continue) ${label}`, description, value: folder });
    }
    if (state !== 'free') continue;
    choices.push({ label: `$(new-folder) ${label}`, description: vscode.l10n.t('new'), value: folder });
    break;
  }
  const elsewhere = {
    label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`,
    description: vscode.l10n.t('a new or empty one, or one with an unfinished build'),
    alwaysShow: true,
    ask: askFolder,
  };
  return [...choices, elsewhere];
}

/** One that a build may write into; of another one it says why not, and the question is asked again. */
async function askFolder(): Promise<string | undefined> {
  const [folder] = (await openPaths({ canSelectFolders: true, canSelectFiles: false })) ?? [];
  if (folder === undefined) return undefined;
  const state = await outputState(folder);
  if (state === 'free' || state === 'unfinished') return folder;
  const shown = plainText(folder);
  void vscode.window.showErrorMessage(
    state === 'corpus'
      ? vscode.l10n.t('{0} holds another corpus already. Choose a folder that is new or empty.', shown)
      : vscode.l10n.t('{0} holds other files. Choose a folder that is new or empty.', shown),
  );
  return undefined;
}
