/** How labelled text is read, split, checked and cut: the settings that fine-tuning, scoring and `data` share. */

import * as z from 'zod';
import { impossible } from './configChecks.js';
import { PROBLEM_TYPES } from './problemType.js';

/** What is done with texts that are too long; see `docs/data.md`. */
export const LONG_TEXTS = ['head', 'head-tail', 'windows'] as const;
export type LongTexts = (typeof LONG_TEXTS)[number];

/** What is done with training texts that are in dev or test too. */
export const LEAKS = ['warn', 'drop', 'refuse'] as const;

const column = (meaning: string) =>
  z
    .union([z.int().min(1), z.string().min(1)])
    .nullable()
    .default(null)
    .describe(meaning);

/** Where text and label stand in labelled data. */
export const columnFields = {
  textColumn: column('Column or field of the text: its name, or its number from 1; null: found by the usual names.'),
  secondTextColumn: column(
    'Column or field of the second text of a pair, by name or number; null: found beside sentence1, text1, premise or question1, else none.',
  ),
  labelColumn: column('Column or field of the label, by name or number; null: found by the usual names.'),
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe(
      'Whether the first line of a TSV or CSV names its columns; auto: when its label column reads like a heading.',
    ),
  labelSeparator: z
    .string()
    .min(1)
    .default(',')
    .describe('Between the classes of a text that has several; JSON and Parquet may have lists instead.'),
  livedoorTitle: z.boolean().default(true).describe('Whether the title of a Livedoor article is part of its text.'),
  livedoorLabels: z
    .enum(['names', 'numbers'])
    .default('names')
    .describe('Classes of the Livedoor corpus by name, or numbered 1 to 9 in the order of their names.'),
};

/** How labelled data is read. */
export const readingFields = {
  ...columnFields,
  problemType: z
    .enum(PROBLEM_TYPES)
    .default('single_label_classification')
    .describe('What a label is: one class, several classes, or a number.'),
};

/** How texts are cut that are longer than `maxSeqLength`. */
export const longTextFields = {
  longTexts: z
    .enum(LONG_TEXTS)
    .default('head')
    .describe(
      'Of a text that is too long: its beginning; beginning and end (a quarter and three quarters); or all of it in windows, whose scores are averaged.',
    ),
  stride: z
    .int()
    .min(0)
    .default(32)
    .describe('Pieces that a window shares with the one before; less than fit into one.'),
};

/** How texts are cut by a model that may say itself how it was trained (`text_cut` in its config.json). */
export const asTrainedFields = {
  maxSeqLength: z
    .int()
    .min(3)
    .nullable()
    .default(null)
    .describe('Longer texts are cut to this many pieces; null: as the model was trained, else as long as it can read.'),
  longTexts: z
    .enum(LONG_TEXTS)
    .nullable()
    .default(null)
    .describe(
      'Of a text that is too long: its beginning; beginning and end (a quarter and three quarters); or all of it in windows, whose scores are averaged; null: as the model was trained, else its beginning.',
    ),
  stride: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Pieces that a window shares with the one before; null: as the model was trained, else 32.'),
};

const asTrained = z.object(asTrainedFields);
export type AsTrained = z.output<typeof asTrained>;

/** What of these is said, for a classifier's options. */
export function cutOptions({ maxSeqLength, longTexts, stride }: AsTrained) {
  return {
    ...(maxSeqLength === null ? {} : { maxSeqLength }),
    cut: { ...(longTexts === null ? {} : { longTexts }), ...(stride === null ? {} : { stride }) },
  };
}

/** How a fine-tuning makes its dev set where it is given none, and what it does with texts that are in two of its sets. */
export const splitFields = {
  devPart: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('Without dev: the part of the training examples of each class that is held out as dev.'),
  splitSeed: z.int().min(0).max(0xffffffff).default(42).describe('Decides which examples are held out.'),
  leaks: z
    .enum(LEAKS)
    .default('warn')
    .describe('Training texts that are in dev or test too: only warn, drop them from training, or refuse to train.'),
};

/** Reports windows that would not go forward. */
export function checkLongTexts(
  config: { maxSeqLength: number; longTexts: LongTexts; stride: number },
  context: z.core.$RefinementCtx<unknown>,
): void {
  if (config.longTexts === 'windows' && config.stride >= config.maxSeqLength - 2) {
    impossible(context, 'windows-do-not-advance', ['stride', 'maxSeqLength']);
  }
}

const reading = z.object(readingFields);
/** How a labelled file is read, with every default filled in. */
export type Reading = z.output<typeof reading>;
/** The defaults. */
export const READING: Reading = reading.parse({});
