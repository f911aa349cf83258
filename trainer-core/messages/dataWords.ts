/** What the command line says of labelled data, in English and Japanese. */

import type { DataFormat } from '../protocol/dataSummary.js';
import type { LongTexts } from '../protocol/labelledDataConfig.js';
import type { ProblemType } from '../protocol/problemType.js';
import type { Language } from './format.js';

/** Numbers come grouped in threes. */
export interface DataWords {
  set: Readonly<Record<'train' | 'dev' | 'test', string>>;
  format: Readonly<Record<DataFormat, string>>;
  problem: Readonly<Record<ProblemType, string>>;
  columns(columns: { text: string; second: string | null; label: string }): string;
  examples(count: string): string;
  classes(count: string): string;
  heldOut: string;
  /** Between facts. */
  comma: string;
  class: string;
  share: string;
  lengths(set: string): string;
  lengthFigures(figures: { mean: string; median: string; longest: string }): string;
  cut(figures: { count: string; share: string; maxSeqLength: string; longTexts: LongTexts; sequences: string }): string;
  cutShort(share: string, maxSeqLength: string): string;
  noModel: string;
  numbers(figures: { lowest: string; mean: string; highest: string }): string;
  /** Warnings, with places such as `file:line`. */
  duplicates(set: string, count: string, first: string, again: string): string;
  conflicts(set: string, count: string, first: string, again: string): string;
  leak(from: string, to: string, count: string, first: string, again: string): string;
  dropped(count: string): string;
  single(label: string, place: string): string;
  moreSingle(count: string): string;
  /** Its classes are as many as the examples, nearly. */
  manyClasses(classes: string, examples: string): string;
}

function texts(count: string): string {
  return count === '1' ? '1 text stands' : `${count} texts stand`;
}

/** The sentences of each language. */
export const DATA_WORDS: Readonly<Record<Language, DataWords>> = {
  en: {
    set: { train: 'train', dev: 'dev', test: 'test' },
    format: {
      tsv: 'TSV',
      csv: 'CSV',
      jsonl: 'JSONL',
      parquet: 'Parquet',
      classFolders: 'class folders',
      livedoor: 'Livedoor News corpus',
    },
    problem: {
      single_label_classification: 'one class a text',
      multi_label_classification: 'several classes a text',
      regression: 'a number a text',
    },
    columns: ({ text, second, label }) =>
      `text: ${text}${second === null ? '' : `, second text: ${second}`}, label: ${label}`,
    examples: (count) => `${count} ${count === '1' ? 'example' : 'examples'}`,
    classes: (count) => `${count} ${count === '1' ? 'class' : 'classes'}`,
    heldOut: 'held out of the training set',
    comma: ', ',
    class: 'class',
    share: 'share',
    lengths: (set) => `Pieces a text in ${set}, before anything is cut`,
    lengthFigures: ({ mean, median, longest }) => `  mean ${mean}, median ${median}, longest ${longest}`,
    cut: ({ count, share, maxSeqLength, longTexts, sequences }) =>
      `  Texts longer than maxSeqLength ${maxSeqLength}: ${count} (${share}); ${
        {
          head: 'their beginning is read',
          'head-tail': 'their beginning and end are read',
          windows: `they are read in windows, ${sequences} sequences in all`,
        }[longTexts]
      }.`,
    cutShort: (share, maxSeqLength) => `${share} cut at ${maxSeqLength} pieces`,
    noModel: 'Give --model to see how long the texts are in pieces, and how many are cut.',
    numbers: ({ lowest, mean, highest }) => `numbers from ${lowest} to ${highest}, mean ${mean}`,
    duplicates: (set, count, first, again) =>
      `${set}: ${texts(count)} there before with the same label: ${first} = ${again}`,
    conflicts: (set, count, first, again) =>
      `${set}: ${texts(count)} there before with another label: ${first} = ${again}`,
    leak: (from, to, count, first, again) =>
      `Also in ${to}: ${count} ${count === '1' ? 'text' : 'texts'} of ${from}: ${first} = ${again}`,
    dropped: (count) => `${count} of them were dropped from training.`,
    single: (label, place) =>
      `the class "${label}" has a single example (${place}): it is learned from, and cannot be held out.`,
    moreSingle: (count) => `${count} more classes have a single example.`,
    manyClasses: (classes, examples) =>
      `there are ${classes} classes for ${examples} examples: is the label's column the right one (--label-column)?`,
  },
  ja: {
    set: { train: '学習用', dev: '検証用', test: 'テスト用' },
    format: {
      tsv: 'TSV',
      csv: 'CSV',
      jsonl: 'JSONL',
      parquet: 'Parquet',
      classFolders: 'クラス別フォルダー',
      livedoor: 'Livedoor ニュースコーパス',
    },
    problem: {
      single_label_classification: '1 テキスト 1 クラス',
      multi_label_classification: '1 テキスト複数クラス',
      regression: '1 テキスト 1 数値',
    },
    columns: ({ text, second, label }) =>
      `テキスト: ${text}${second === null ? '' : `、2 つ目のテキスト: ${second}`}、ラベル: ${label}`,
    examples: (count) => `${count} 件`,
    classes: (count) => `${count} クラス`,
    heldOut: '学習用から分けたもの',
    comma: '、',
    class: 'クラス',
    share: '割合',
    lengths: (set) => `${set}のテキストのトークン数（切る前）`,
    lengthFigures: ({ mean, median, longest }) => `  平均 ${mean}、中央値 ${median}、最長 ${longest}`,
    cut: ({ count, share, maxSeqLength, longTexts, sequences }) =>
      `  ${count} 件（${share}）が maxSeqLength ${maxSeqLength} より長く、${
        {
          head: '先頭だけを読みます',
          'head-tail': '先頭と末尾を読みます',
          windows: `窓に分けて読みます（合計 ${sequences} 系列）`,
        }[longTexts]
      }。`,
    cutShort: (share, maxSeqLength) => `${share} を ${maxSeqLength} トークンで切断`,
    noModel: '--model を指定すると、トークン数と切られる割合を表示します。',
    numbers: ({ lowest, mean, highest }) => `数値は ${lowest} から ${highest}、平均 ${mean}`,
    duplicates: (set, count, first, again) =>
      `${set}: ${count} 件のテキストが同じラベルで重複しています: ${first} = ${again}`,
    conflicts: (set, count, first, again) =>
      `${set}: ${count} 件のテキストが別のラベルで重複しています: ${first} = ${again}`,
    leak: (from, to, count, first, again) => `${from}のテキスト ${count} 件が${to}にもあります: ${first} = ${again}`,
    dropped: (count) => `そのうち ${count} 件を学習から外しました。`,
    single: (label, place) =>
      `クラス "${label}" の例は 1 件だけ（${place}）なので、学習には使いますが検証用には分けられません。`,
    moreSingle: (count) => `ほかに ${count} クラスも例が 1 件だけです。`,
    manyClasses: (classes, examples) =>
      `${examples} 件の例に ${classes} クラスあります。ラベルの列は正しいですか（--label-column）。`,
  },
};
