/** What is said of labelled data before a model learns from it: `data`, and the start of a fine-tuning. */

import type { FilePlace } from './errors.js';
import type { ProblemType } from './problemType.js';

/** What labelled text is read from. */
export const DATA_FORMATS = ['tsv', 'csv', 'jsonl', 'parquet', 'classFolders', 'livedoor'] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

/** The columns that were read, by name, or by number from 1 where they have none. */
export interface ChosenColumns {
  text: string;
  second: string | null;
  label: string;
}

/** Texts that are there more than once: how many besides the first of each, and the first places. */
export interface Repeats {
  count: number;
  /** At most five: where the text stands first, and where it stands again. */
  places: { first: FilePlace; again: FilePlace }[];
}

/** How many pieces texts have, [CLS] and [SEP] counted, before anything is cut. */
export interface TextLengths {
  /** `counts[i]`: texts of i·binWidth to (i + 1)·binWidth - 1 pieces. */
  binWidth: number;
  counts: number[];
  mean: number;
  median: number;
  longest: number;
  maxSeqLength: number;
  /** Texts longer than `maxSeqLength`. */
  cut: number;
  /** Sequences that are made of the texts: more than texts where they are read in windows. */
  sequences: number;
}

/** One of the sets. */
export interface SetSummary {
  /** The file, folder or archive; of a dev set that was held out that of the training set. */
  source: string;
  format: DataFormat;
  columns: ChosenColumns | null;
  examples: number;
  /** Examples of each class, by id; none for a regression. */
  classes: { label: string; examples: number }[];
  /** Of a regression. */
  numbers: { lowest: number; mean: number; highest: number } | null;
  /** The same text with the same label, and with another one. */
  duplicates: Repeats;
  conflicts: Repeats;
  /** Null without a tokenizer. */
  lengths: TextLengths | null;
}

/** All of it. */
export interface DataSummary {
  type: 'data';
  problemType: ProblemType;
  /** By id. */
  labels: string[];
  train: SetSummary;
  dev: SetSummary;
  /** Null where there is none. */
  test: SetSummary | null;
  /** Whether dev was held out of the training set. */
  devHeldOut: boolean;
  /** Classes of which the training set has a single example, which cannot be held out. */
  single: { label: string; place: FilePlace }[];
  /** Training texts that are in dev or in test too, and dev's that are in test. */
  leaks: { dev: Repeats; test: Repeats; devToTest: Repeats };
  /** Training texts that were left out because of that. */
  dropped: number;
}
