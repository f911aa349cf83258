/** The result on the Livedoor News corpus as Markdown, with published figures beside it. */

import { spreadOf } from '../../trainer-core/scores/spread.js';

/** Of the test part, 0 to 1. */
export interface Scores {
  accuracy: number;
  macroF1: number;
}

export interface Results {
  /** Of train, dev and test. */
  articles: readonly [number, number, number];
  /** Of the split. */
  hash: string;
  /** What was scored, and its scores by seed. */
  rows: readonly (readonly [string, readonly Scores[]])[];
}

/** Percent; each on a split of its own, with settings of its own. */
const PUBLISHED: [string, string, string][] = [
  ['BERT of the Laboro DistilBERT report, fine-tuned', '97.90', ''],
  ['Laboro DistilBERT', '95.86', ''],
  ['Bandai Namco DistilBERT-base-jp, by the same report', '94.03', ''],
  ['bert-base-japanese-whole-word-masking, by bert-classification-tutorial', '95.79', '95.21'],
];

/** A table of means and, of several seeds, their standard deviations (n - 1). */
export function resultTable({ articles: [train, dev, test], hash, rows }: Results): string {
  const cells = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [
    `Livedoor News: ${train} articles to learn from, ${dev} to choose by, ${test} to score on. Split ${hash.slice(0, 16)}.`,
    '',
    cells(['Model', 'Seeds', 'Test accuracy, %', 'Test macro-F1, %']),
    '|---|--:|--:|--:|',
    ...rows.map(([name, scores]) =>
      cells([
        name,
        `${scores.length}`,
        spread(scores.map(({ accuracy }) => accuracy)),
        spread(scores.map(({ macroF1 }) => macroF1)),
      ]),
    ),
    ...PUBLISHED.map(([name, accuracy, f1]) => cells([`${name} (published)`, '', accuracy, f1])),
    '',
    'The published figures are of other splits and lengths of text, so they place ours and do not rank it.',
    '',
  ].join('\n');
}

/** Mean and standard deviation in percent: `95.2 ± 0.3`; of one number only itself. */
export function spread(parts: readonly number[]): string {
  const { mean, deviation } = spreadOf(parts);
  const percent = (part: number) => (100 * part).toFixed(2);
  return deviation === null ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`;
}
