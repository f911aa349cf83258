/** A classifier's scores as tables that fit into 80 columns, with labels in any script. */

import type { Language } from '../messages/format.js';
import { TERMINAL, type TerminalWords } from '../messages/terminal.js';
import type { ComparedFigure, Comparison } from '../protocol/evaluation.js';
import type { AverageScore, ClassificationReport, EvaluationReport, RegressionReport } from '../protocol/report.js';
import { pValue } from '../scores/mcnemar.js';
import { grouped, percent, short } from './numbers.js';
import { displayWidth, fit, padEnd, padStart, wrap } from './width.js';

const COLUMNS = 80;
const LABEL_COLUMNS = 24;
const CONFUSED_PAIRS = 10;
const FURTHEST = 10;

/** The figures with their intervals, the classes and the confusion matrix (or of numbers those furthest off), as one text that ends with a line feed. */
export function reportText(report: EvaluationReport, language: Language): string {
  const words = TERMINAL[language];
  const figures = figureTable(report, language);
  const note = report.intervals ? [words.intervals(grouped(report.intervals.resamples))] : [];
  const parts =
    report.problemType === 'regression'
      ? [furthestTable(report, language)]
      : [classTable(report, language), ...('confusion' in report ? [confusionTable(report, language)] : [])];
  return `${[[...figures, ...note], ...parts].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Each figure of a report on a line, and in brackets the interval that it has. */
export function figureTable(report: EvaluationReport, language: Language): string[] {
  const rows = figuresOf(report, TERMINAL[language]).map(([name, key, value, said]) => {
    const interval = report.intervals?.intervals[key];
    return [name, value === null ? '–' : said(value), interval ? `  (${interval.map(said).join(' – ')})` : ''] as const;
  });
  const [names, values] = [0, 1].map((column) => Math.max(...rows.map((row) => displayWidth(row[column]!)))) as [
    number,
    number,
  ];
  return rows.map(([name, value, interval]) => `${padEnd(name, names)}  ${padStart(value, values)}${interval}`);
}

type Figure = [name: string, key: string, value: number | null, said: (value: number) => string];

function figuresOf(report: EvaluationReport, words: TerminalWords): Figure[] {
  switch (report.problemType) {
    case 'regression':
      return (['mse', 'mae', 'r2', 'pearson', 'spearman'] as const).map((key) => [words[key], key, report[key], short]);
    case 'multi_label_classification':
      return [
        [words.subsetAccuracy, 'accuracy', report.accuracy, percent],
        [words.microF1, 'microF1', report.averages.micro.f1, percent],
        [words.macroF1, 'macroF1', report.macroF1, percent],
        [words.samplesF1, 'samplesF1', report.samplesF1, percent],
        [words.loss, 'loss', report.loss, short],
        [words.calibrationError, '', report.calibration.ece, percent],
        [words.brier, 'brier', report.calibration.brier, short],
      ];
    default: {
      const { averages, calibration } = report;
      const more: Figure[] = averages ? [[words.weightedF1, 'weightedF1', averages.weighted.f1, percent]] : [];
      return [
        [words.accuracy, 'accuracy', report.accuracy, percent],
        [words.macroF1, 'macroF1', report.macroF1, percent],
        ...more,
        [words.loss, 'loss', report.loss, short],
        ...(calibration
          ? ([
              [words.calibrationError, '', calibration.ece, percent],
              [words.brier, 'brier', calibration.brier, short],
            ] as Figure[])
          : []),
      ];
    }
  }
}

/** Precision, recall, F1 and count of each class, and the averages, as lines. */
export function classTable(
  { classes, averages }: Pick<ClassificationReport, 'classes' | 'averages'>,
  language: Language,
): string[] {
  const words = TERMINAL[language];
  const row = (name: string, { precision, recall, f1 }: AverageScore, support: string) => [
    name,
    percent(precision),
    percent(recall),
    percent(f1),
    support,
  ];
  return table(
    [words.class, words.precision, words.recall, words.f1, words.support],
    [
      ...classes.map((each) => row(each.label, each, String(each.support))),
      ...(averages
        ? (['macro', 'micro', 'weighted'] as const).map((name) => row(words.averages[name], averages[name], ''))
        : []),
    ],
  );
}

/** The numbers that were missed by most. */
function furthestTable({ furthest }: RegressionReport, language: Language): string[] {
  const words = TERMINAL[language];
  const rows = furthest
    .slice(0, FURTHEST)
    .map(({ text, truth, predicted }) => [
      fit(text.replace(/\s+/g, ' '), LABEL_COLUMNS),
      short(truth),
      short(predicted),
    ]);
  return [words.furthest, ...table(['', words.truth, words.predicted], rows)];
}

/** A comparison as a text that ends with a line feed. */
export function comparisonText(comparison: Comparison, language: Language): string {
  const words = TERMINAL[language];
  const { first, second, difference, interval, note, mcnemar } = words.comparison;
  const { b, c, p, method, statistic } = comparison.mcnemar;
  const row = (name: string, figure: ComparedFigure) => [
    name,
    percent(figure.first),
    percent(figure.second),
    points(figure.difference),
    figure.interval.map(points).join(' – '),
  ];
  const test = {
    b: grouped(b),
    c: grouped(c),
    p: pValue(p),
    exact: method === 'exact',
    statistic: short(statistic ?? 0),
  };
  return `${[
    `${first}: ${comparison.first}`,
    `${second}: ${comparison.second}`,
    '',
    ...table(
      ['', first, second, difference, interval],
      [row(words.accuracy, comparison.accuracy), row(words.macroF1, comparison.macroF1)],
    ),
    '',
    ...wrap(note(grouped(comparison.resamples)), COLUMNS),
    ...wrap(mcnemar(test), COLUMNS),
  ].join('\n')}\n`;
}

/** A difference of two parts of 1, in percentage points. */
function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
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
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
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
