/** The questions of a new corpus: input, tokenizer, what a sequence is, how long it may be, where it goes. */

import path from 'node:path';
import * as vscode from 'vscode';
import { canTeach } from '../models/modelFolder.js';
import { dataName } from '../start/configFile.js';
import { inputChoices, modelChoices } from '../start/dataChoices.js';
import { pickStep } from '../start/questions.js';
import { runSteps } from '../start/steps.js';
import { lengthChoices, type SequenceKind, sequenceChoices, vocabularyChoices } from './corpusChoices.js';
import { outputChoices } from './outputChoices.js';

/** Answers so far. */
export interface CorpusDraft {
  inputs?: string[];
  /** A model's folder or a vocab.txt. */
  tokenizer?: string;
  sequences?: SequenceKind;
  maxSeqLength?: number;
  out?: string;
}

/** Everything a build is asked for. */
export type CorpusOrder = Required<CorpusDraft>;

/** Asks them, keeping the answers in `draft`; undefined when the user cancelled. With `inputs` what to read is not asked. */
export async function newCorpus(
  context: vscode.ExtensionContext,
  draft: CorpusDraft,
  workspace: string,
  inputs?: readonly string[],
): Promise<CorpusOrder | undefined> {
  const given = inputs && [...inputs];
  const read = () => given ?? draft.inputs ?? [];
  const input = pickStep(
    () => ({
      placeholder: vscode.l10n.t('Input: dumps, text, JSONL or Parquet to build the corpus from'),
      choices: inputChoices(),
      before: draft.inputs,
    }),
    (chosen) => {
      draft.inputs = chosen;
    },
  );
  const done = await runSteps(vscode.l10n.t('Build Corpus'), [
    ...(given ? [] : [input]),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t(
          'Tokenizer: the model that will learn from the corpus; when distilling, its teacher',
        ),
        choices: Promise.all([
          modelChoices(context, canTeach, 'teacher'),
          vocabularyChoices(context.extensionPath),
        ]).then((all) => all.flat()),
        before: draft.tokenizer,
      }),
      (tokenizer) => {
        draft.tokenizer = tokenizer;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('What a sequence is'),
        choices: sequenceChoices(),
        before: draft.sequences,
      }),
      (sequences) => {
        draft.sequences = sequences;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('The longest sequence, in tokens'),
        choices: lengthChoices(draft.maxSeqLength),
        before: draft.maxSeqLength,
      }),
      (maxSeqLength) => {
        draft.maxSeqLength = maxSeqLength;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Folder of the corpus'),
        choices: outputChoices(workspace, dataName(path.basename(read()[0] ?? ''))),
        before: draft.out,
      }),
      (out) => {
        draft.out = out;
      },
    ),
  ]);
  const { tokenizer, sequences, maxSeqLength, out } = draft;
  if (!done || read().length === 0 || !tokenizer || !sequences || !maxSeqLength || !out) return undefined;
  return { inputs: read(), tokenizer, sequences, maxSeqLength, out };
}
