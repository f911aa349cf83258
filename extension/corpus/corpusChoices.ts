/** Choices of what a new corpus is made with: a vocabulary, the kind of sequences, their length. */

import path from 'node:path';
import * as vscode from 'vscode';
import { fileDialog } from '../start/dataChoices.js';
import { type Choice, separator } from '../start/questions.js';

/** BERT's own limit; more positions have few models. */
const LENGTHS = [128, 256, 512];
/** The limits of a corpus (protocol/corpusManifest.ts). */
const SHORTEST = 12;
const LONGEST = 65_535;

/** The vocabulary that comes with the extension, or a file; a corpus keeps a copy of its own. */
export async function vocabularyChoices(extensionFolder: string): Promise<Choice<string>[]> {
  return [
    separator(),
    {
      label: `$(list-unordered) ${vscode.l10n.t('The vocabulary of bert-base-japanese')}`,
      description: vscode.l10n.t('32,000 pieces; comes with the extension'),
      value: path.join(extensionFolder, 'media', 'vocab', 'vocab.txt'),
    },
    fileDialog(vscode.l10n.t('vocab.txt, one piece a line'), { [vscode.l10n.t('Text')]: ['txt'] }),
  ];
}

/** Kinds of sequences, with what each is on the command line. */
export const SEQUENCE_FLAGS = {
  packed: ['--sequences', 'packed'],
  packedLines: ['--sequences', 'packed', '--text-documents', 'lines'],
  sentences: ['--sequences', 'sentences'],
  lines: ['--sequences', 'lines'],
} as const;
export type SequenceKind = keyof typeof SEQUENCE_FLAGS;

/** What a sequence may be. */
export function sequenceChoices(): Choice<SequenceKind>[] {
  return [
    {
      label: `$(star) ${vscode.l10n.t('Packed sentences')}`,
      description: vscode.l10n.t('recommended'),
      detail: vscode.l10n.t('As many consecutive sentences of a document as fit, so each in its context'),
      value: 'packed',
    },
    {
      label: `$(list-selection) ${vscode.l10n.t('Packed sentences of a line')}`,
      detail: vscode.l10n.t(
        'The same for plain text in which each line is a document, not each part between blank lines',
      ),
      value: 'packedLines',
    },
    {
      label: `$(list-flat) ${vscode.l10n.t('Single sentences')}`,
      detail: vscode.l10n.t('Each sentence is a sequence of its own: for models of short texts'),
      value: 'sentences',
    },
    {
      label: `$(book) ${vscode.l10n.t('Lines')}`,
      detail: vscode.l10n.t(
        'Each line of the text is a sequence, as the published recipe of DistilBERT-base-jp has it',
      ),
      value: 'lines',
    },
  ];
}

/** Lengths; one that was typed before is among them. */
export function lengthChoices(before: number | undefined): Choice<number>[] {
  const lengths = before === undefined || LENGTHS.includes(before) ? LENGTHS : [...LENGTHS, before];
  const details: Readonly<Record<number, string>> = {
    128: vscode.l10n.t('Trains fastest; enough for sentences and short paragraphs'),
    512: vscode.l10n.t('The longest that most models can read'),
  };
  return [
    ...lengths.map((length): Choice<number> => {
      const detail = details[length];
      return { label: String(length), value: length, ...(detail === undefined ? {} : { detail }) };
    }),
    { label: `$(edit) ${vscode.l10n.t('Another length…')}`, alwaysShow: true, ask: askLength },
  ];
}

async function askLength(): Promise<number | undefined> {
  const isLength = (text: string) => /^\d+$/.test(text.trim()) && Number(text) >= SHORTEST && Number(text) <= LONGEST;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Build Corpus'),
    prompt: vscode.l10n.t('The longest sequence in tokens, [CLS] and [SEP] counted'),
    ignoreFocusOut: true,
    validateInput: (typed) =>
      isLength(typed) ? undefined : vscode.l10n.t('A whole number from {0} to {1}.', SHORTEST, LONGEST),
  });
  return text === undefined ? undefined : Number(text);
}
