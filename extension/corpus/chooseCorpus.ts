/** Which corpus a command is about: what it was given, or what the user picks. */

import path from 'node:path';
import * as vscode from 'vscode';
import { chooseFolder } from '../models/chooseModel.js';
import { corpusDetails } from './corpusDetails.js';
import type { CorpusSummary } from './corpusFolder.js';
import type { CorpusStore } from './corpusStore.js';

/** The manifest's name, known here too because activation must not wait for the schemas. */
export const CORPUS_FILE: typeof import('../../trainer-core/protocol/corpusManifest.js').CORPUS_FILE = 'corpus.json';

/** A folder or its corpus.json, as a path, from the explorer or as a row of the Models view. */
export type CorpusArgument = string | vscode.Uri | CorpusSummary;

/** The absolute path of the corpus's folder. */
export function corpusFolderOf(argument: CorpusArgument): string {
  const given =
    argument instanceof vscode.Uri ? argument.fsPath : typeof argument === 'string' ? argument : argument.folder;
  const absolute = path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', given);
  return path.basename(absolute) === CORPUS_FILE ? path.dirname(absolute) : absolute;
}

/** The given corpus's folder, or one picked among the workspace's or elsewhere; undefined when it was called off. */
export async function chooseCorpus(store: CorpusStore, argument?: CorpusArgument): Promise<string | undefined> {
  if (argument !== undefined) return corpusFolderOf(argument);
  const elsewhere = { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true, folder: '' };
  const items = store.refresh().then((corpora) => [
    ...corpora.map((corpus) => ({
      label: `$(database) ${corpus.name}`,
      description: vscode.workspace.asRelativePath(corpus.folder),
      detail: corpusDetails(corpus),
      folder: corpus.folder,
    })),
    elsewhere,
  ]);
  const title = vscode.l10n.t('Corpus');
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return picked?.folder === '' ? await chooseFolder(vscode.l10n.t('Folder with a corpus.json')) : picked?.folder;
}
