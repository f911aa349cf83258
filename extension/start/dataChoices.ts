/** The choices of the questions that ask for models, corpora and tables: what the workspace has, and dialogs for what lies elsewhere. */

import path from 'node:path';
import * as vscode from 'vscode';
import { corpusDetails } from '../corpus/corpusDetails.js';
import { findCorpora } from '../corpus/corpusStore.js';
import { byLikelihood, INPUT_ENDINGS, INPUT_FILES, isInputFile } from '../corpus/inputFiles.js';
import { errorMessage } from '../errorMessages.js';
import { askHubId, importModel } from '../models/importModel.js';
import { modelDetails } from '../models/modelDetails.js';
import type { Model, ModelKind } from '../models/modelFolder.js';
import { findModels } from '../models/modelStore.js';
import { type Choice, openPaths, separator } from './questions.js';

const EXCLUDED = '**/{node_modules,runs,models,corpora,.*}/**';
/** What labelled tables are called. */
const TABLES = ['tsv', 'csv', 'jsonl', 'ndjson', 'parquet'];
/** A list longer than this helps nobody: then the dialog is the way. */
const MOST = 500;

/** The models of the workspace that can be used so, those of kind `first` first; then a folder, or a model of the Hugging Face hub, which is imported. */
export async function modelChoices(
  context: vscode.ExtensionContext,
  canBeUsed: (model: Model) => boolean,
  first: ModelKind,
): Promise<Choice<string>[]> {
  const found = (await findModels()).filter(canBeUsed);
  const models = [...found.filter(({ kind }) => kind === first), ...found.filter(({ kind }) => kind !== first)];
  return [
    ...models.map((model) => ({
      label: `$(circuit-board) ${model.name}`,
      description: vscode.workspace.asRelativePath(model.folder),
      detail: modelDetails(model),
      value: model.folder,
    })),
    separator(),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`,
      alwaysShow: true,
      ask: async () => (await openPaths({ canSelectFolders: true, canSelectFiles: false }))?.[0],
    },
    {
      label: `$(cloud-download) ${vscode.l10n.t('Hugging Face hub id…')}`,
      description: vscode.l10n.t('downloads the model first'),
      alwaysShow: true,
      ask: async () => {
        try {
          const id = await askHubId();
          return id === undefined ? undefined : await importModel(context, id);
        } catch (error) {
          // The question is asked again, so that the other answers are not lost.
          void vscode.window.showErrorMessage(errorMessage(error));
          return undefined;
        }
      },
    },
  ];
}

/** The corpora of the workspace, ready to train on; then what they are built from, which a training builds first. */
export async function corpusChoices(): Promise<Choice<string[]>[]> {
  const corpora = (await findCorpora()).map((corpus) => ({
    label: `$(database) ${corpus.name}`,
    description: vscode.workspace.asRelativePath(corpus.folder),
    detail: corpusDetails(corpus),
    value: [corpus.folder],
  }));
  const raw = separator(vscode.l10n.t('text and dumps, built into a corpus first'));
  const groups = corpora.length > 0 ? [separator(vscode.l10n.t('corpora')), ...corpora, raw] : [];
  return [...groups, ...(await inputChoices())];
}

/** What corpora are built from: dumps and texts of the workspace; then files or a folder from anywhere. */
export async function inputChoices(): Promise<Choice<string[]>[]> {
  const files = (await workspaceFiles(INPUT_FILES)).filter(isInputFile).sort(byLikelihood);
  return [
    ...files.map((file) => ({ ...fileChoice(file), value: [file] })),
    separator(),
    {
      label: `$(files) ${vscode.l10n.t('Choose files…')}`,
      description: vscode.l10n.t('Wikipedia dumps, UTF-8 text, JSONL, Parquet; plain, .gz or .bz2'),
      alwaysShow: true,
      ask: () =>
        openPaths({
          canSelectMany: true,
          filters: { [vscode.l10n.t('Dumps and texts')]: INPUT_ENDINGS, [vscode.l10n.t('All files')]: ['*'] },
        }),
    },
    {
      label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`,
      description: vscode.l10n.t('every such file in it'),
      alwaysShow: true,
      ask: () => openPaths({ canSelectFolders: true, canSelectFiles: false }),
    },
  ];
}

/** Labelled files of the workspace that are not in `taken`, those with one of `hints` in their names first; then a file or folder from anywhere. */
export async function tableChoices(
  hints: readonly string[],
  taken: readonly (string | undefined)[],
): Promise<Choice<string>[]> {
  const likely = (file: string) => hints.some((hint) => path.basename(file).toLowerCase().includes(hint));
  const files = (await workspaceFiles(`**/*.{${TABLES.join(',')}}`)).filter(
    (file) => !taken.includes(file) && !file.endsWith('.classified.tsv'),
  );
  return [
    ...[...files.filter(likely), ...files.filter((file) => !likely(file))].map((file) => ({
      ...fileChoice(file),
      value: file,
    })),
    separator(),
    fileDialog(vscode.l10n.t('TSV, CSV, JSONL or Parquet with text and label; or the Livedoor archive'), {
      [vscode.l10n.t('Labelled text')]: [...TABLES, 'txt', 'json', 'gz', 'bz2', 'zst', 'tar'],
      [vscode.l10n.t('All files')]: ['*'],
    }),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`,
      description: vscode.l10n.t('a folder for each class, a text file in it for each text; or the Livedoor corpus'),
      alwaysShow: true,
      ask: async () => (await openPaths({ canSelectFolders: true, canSelectFiles: false }))?.[0],
    },
  ];
}

/** Plain texts of the workspace; then a file from anywhere. */
export async function textChoices(): Promise<Choice<string>[]> {
  const files = await workspaceFiles('**/*.txt');
  return [
    ...files
      .filter((file) => path.basename(file) !== 'vocab.txt')
      .map((file) => ({ ...fileChoice(file), value: file })),
    separator(),
    fileDialog(vscode.l10n.t('UTF-8 text, a sentence a line'), { [vscode.l10n.t('Text')]: ['txt'] }),
  ];
}

/** An entry that opens a dialog for one file. */
export function fileDialog(description: string, filters: Record<string, string[]>): Choice<string> {
  return {
    label: `$(folder-opened) ${vscode.l10n.t('Choose another file…')}`,
    description,
    alwaysShow: true,
    ask: async () => (await openPaths({ filters }))?.[0],
  };
}

/** How a file of the workspace stands in a list. */
export function fileChoice(file: string): vscode.QuickPickItem {
  return { label: `$(file) ${path.basename(file)}`, description: vscode.workspace.asRelativePath(file) };
}

async function workspaceFiles(pattern: string): Promise<string[]> {
  const found = await vscode.workspace.findFiles(pattern, EXCLUDED, MOST);
  return found.map(({ fsPath }) => fsPath).sort();
}
