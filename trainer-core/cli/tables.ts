/** A classifier's scores as tables that fit into 80 columns, with labels in any script. */

import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import type { ClassificationReport } from '../protocol/report.js';
import { percent, short } from './numbers.js';
import { displayWidth, fit, padEnd, padStart } from './width.js';

const COLUMNS = 80;
const LABEL_COLUMNS = 24;
const CONFUSED_PAIRS = 10;

/** Accuracy, macro-F1, the table of classes and the confusion matrix, as one text that ends with a line feed. */
export function reportText(report: ClassificationReport, language: Language): string {
  const words = TERMINAL[language];
  const scores = [
    `${words.accuracy} ${percent(report.accuracy)}`,
    `${words.macroF1} ${percent(report.macroF1)}`,
    `${words.loss} ${short(report.loss)}`,
  ];
  return `${[scores.join('   '), '', ...classTable(report, language), '', ...confusionTable(report, language)].join('\n')}\n`;
}

/** Precision, recall, F1 and count of each class, as lines. */
export function classTable({ classes }: ClassificationReport, language: Language): string[] {
  const words = TERMINAL[language];
  return table(
    [words.class, words.precision, words.recall, words.f1, words.support],
    classes.map(({ label, precision, recall, f1, support }) => [
      label,
      percent(precision),
      percent(recall),
      percent(f1),
      String(support),
    ]),
  );
}

/** The confusion matrix as lines; where its columns do not fit, the pairs that are confused most. */
export function confusionTable({ classes, confusion }: ClassificationReport, language: Language): string[] {
  const words = TERMINAL[language];
  const labels = classes.map(({ label }) => label);
  const matrix = table(
    ['', ...labels.map((_, column) => letters(column))],
    confusion.map((row, i) => [
      `${letters(i)} ${labels[i]}`,
      ...row.map((count) => (count === 0 ? '·' : String(count))),
    ]),
  );
  if (matrix.every((line) => displayWidth(line) <= COLUMNS)) return [words.confusion, ...matrix];
  const pairs = confusion
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, CONFUSED_PAIRS);
  const name = (index: number) => fit(labels[index] ?? '', LABEL_COLUMNS);
  return [
    words.confusedPairs,
    ...pairs.map(({ truth, predicted, count }) => `${padStart(String(count), 6)}  ${name(truth)} → ${name(predicted)}`),
  ];
}

/** The first column to the left, the others to the right, each as wide as its widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map(([first = '', ...rest]) => [fit(first, LABEL_COLUMNS), ...rest]);
  const widths = head.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? padEnd : padStart)(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Columns are called a, b, … z, aa, ab, … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
