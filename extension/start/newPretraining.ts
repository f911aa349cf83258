/** The questions of a new pre-training: corpus, vocabulary, size. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { writeNewFile } from './configFile.js';
import { corpusChoices, fileDialog } from './dataChoices.js';
import { MODEL_SIZES, type ModelSize, sizeChoices } from './modelSizes.js';
import type { Answers } from './newConfig.js';
import { type Choice, pickStep } from './questions.js';
import { runSteps } from './steps.js';
import { settingsFor, storedVocabulary } from './storedCorpus.js';

/** Answers so far. */
export interface PretrainingDraft {
  corpus?: string[];
  vocab?: string;
  size?: ModelSize;
}

/** Stands for the vocabulary that comes with the extension. */
const OURS = '';

/**
 * Asks them, keeping the answers in `draft`; undefined when the user cancelled. The extension's vocabulary is copied into the
 * config's folder, which `folderOf` gives for a corpus, because the extension's own folder goes with the next version.
 */
export async function newPretraining(
  context: vscode.ExtensionContext,
  draft: PretrainingDraft,
  folderOf: (corpus: string) => string,
): Promise<Answers | undefined> {
  const done = await runSteps(vscode.l10n.t('New Pre-Training'), [
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Corpus: the text to learn from'),
        choices: corpusChoices(),
        before: draft.corpus,
      }),
      (corpus) => {
        draft.corpus = corpus;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Vocabulary: the pieces that texts are split into'),
        choices: vocabularyChoices(draft.corpus ?? []),
        before: draft.vocab,
      }),
      (vocab) => {
        draft.vocab = vocab;
      },
    ),
    pickStep(
      () => ({ placeholder: vscode.l10n.t('Size of the new model'), choices: sizeChoices(), before: draft.size }),
      (size) => {
        draft.size = size;
      },
    ),
  ]);
  const { corpus, size } = draft;
  if (!done || draft.vocab === undefined || !corpus?.[0] || !size) return undefined;
  const vocab = draft.vocab === OURS ? await copyVocabulary(context, folderOf(corpus[0])) : draft.vocab;
  return { beside: corpus[0], paths: { vocab, corpus }, settings: await settingsFor(corpus, MODEL_SIZES[size]) };
}

/** A corpus folder has its vocabulary already: its ids belong to no other. */
async function vocabularyChoices(corpus: readonly string[]): Promise<Choice<string>[]> {
  const stored = await storedVocabulary(corpus);
  if (stored !== undefined) {
    const label = `$(database) ${vscode.l10n.t('The vocabulary that the corpus was built with')}`;
    return [{ label, description: vscode.workspace.asRelativePath(stored), value: stored }];
  }
  return [
    {
      label: `$(list-unordered) ${vscode.l10n.t('The vocabulary of bert-base-japanese')}`,
      description: vscode.l10n.t('32,000 pieces; comes with the extension'),
      value: OURS,
    },
    fileDialog(vscode.l10n.t('vocab.txt, one piece a line'), { [vscode.l10n.t('Text')]: ['txt'] }),
  ];
}

/** Uses the copy that is there, if it is one. */
async function copyVocabulary({ extensionPath }: vscode.ExtensionContext, folder: string): Promise<string> {
  const text = await readFile(path.join(extensionPath, 'media', 'vocab', 'vocab.txt'), 'utf8');
  const there = path.join(folder, 'vocab.txt');
  const same = await readFile(there, 'utf8').then(
    (found) => found === text,
    () => false,
  );
  return same ? there : await writeNewFile(folder, 'vocab', '.txt', text);
}
