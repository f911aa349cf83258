/** An evaluation as a Markdown text with its pictures beside it. */
import { plain, table } from '../hub/markdown.js';
import {
  COMPARISON_FILES,
  type ComparedFigure,
  type Comparison,
  EVALUATION_FILES,
  type Evaluation,
} from '../protocol/evaluation.js';
import type {
  AverageScore,
  BootstrapIntervals,
  Calibration,
  ClassificationReport,
  EvaluationReport,
  MisreadExample,
  MultiLabelReport,
  RegressionReport,
} from '../protocol/report.js';
import { pValue } from './mcnemar.js';

/** Misread examples that the text lists; all of them are in the JSON. */
const LISTED = 50;
const TEXT_SHOWN = 200;

/** The whole text. */
export function evaluationMarkdown({ model, data, temperature, report }: Evaluation): string {
  const facts: [string, string][] = [
    ['Model', model],
    ['Data', data],
    ['Examples', grouped(report.examples ?? 0)],
    ...(report.problemType === 'regression' ? [] : [['Temperature', number(temperature)] as [string, string]]),
  ];
  return `${['# Evaluation', table(['', ''], facts), ...partsOf(report)].join('\n\n')}\n`;
}

/** A comparison, shown the same way. */
export function comparisonMarkdown({
  first,
  second,
  data,
  examples,
  accuracy,
  macroF1,
  resamples,
  mcnemar,
}: Comparison): string {
  const row = (name: string, { first: of, second: against, difference, interval: [low, high] }: ComparedFigure) => [
    name,
    percent(of),
    percent(against),
    points(difference),
    `${points(low)} to ${points(high)}`,
  ];
  const { b, c, method, statistic, p } = mcnemar;
  const how =
    method === 'exact'
      ? 'exact binomial test'
      : `chi-square with continuity correction: ${number(statistic ?? 0)}, one degree of freedom`;
  return `${[
    '# Comparison',
    table(
      ['', ''],
      [
        ['First', first],
        ['Second', second],
        ['Data', data],
        ['Examples', grouped(examples)],
      ],
    ),
    table(['', 'First', 'Second', 'Difference', '95 %'], [row('Accuracy', accuracy), row('Macro-F1', macroF1)]),
    `The last column is the percentile bootstrap of the difference, ${grouped(resamples)} resamples. Differences are in percentage points.`,
    `![Differences](${COMPARISON_FILES.picture})`,
    `McNemar's test: ${grouped(b)} examples only the first reads rightly, ${grouped(c)} only the second; ${how}; p = ${pValue(p)}.`,
  ].join('\n\n')}\n`;
}

function partsOf(report: EvaluationReport): string[] {
  switch (report.problemType) {
    case 'regression':
      return regressionParts(report);
    case 'multi_label_classification':
      return [
        figureTable(report.intervals, [
          ['Subset accuracy', 'accuracy', report.accuracy, percent],
          ['Micro-F1', 'microF1', report.averages.micro.f1, percent],
          ['Macro-F1', 'macroF1', report.macroF1, percent],
          ['Samples-F1', 'samplesF1', report.samplesF1, percent],
          ['Loss', 'loss', report.loss, number],
          ['Brier score', 'brier', report.calibration.brier, number],
        ]),
        ...classParts(report, report.averages),
        ...calibrationParts(report.calibration, 'Every class of every example counts as one prediction.'),
        ...misreadParts(report),
      ];
    default:
      return [
        figureTable(report.intervals, [
          ['Accuracy', 'accuracy', report.accuracy, percent],
          ['Macro-F1', 'macroF1', report.macroF1, percent],
          ['Weighted F1', 'weightedF1', report.averages?.weighted.f1 ?? 0, percent],
          ['Micro-F1', 'accuracy', report.averages?.micro.f1 ?? 0, percent],
          ['Loss', 'loss', report.loss, number],
          ['Brier score', 'brier', report.calibration?.brier ?? 0, number],
        ]),
        ...classParts(report, report.averages),
        `![Confusion matrix](${EVALUATION_FILES.confusion})`,
        ...(report.calibration
          ? calibrationParts(report.calibration, 'The confidence is the probability of the guess.')
          : []),
        ...misreadParts(report),
      ];
  }
}

function regressionParts({ mse, mae, r2, pearson, spearman, intervals, furthest }: RegressionReport): string[] {
  const known = (value: number | null): number => value ?? Number.NaN;
  return [
    figureTable(intervals, [
      ['Mean squared error', 'mse', mse, number],
      ['Mean absolute error', 'mae', mae, number],
      ['R²', 'r2', known(r2), number],
      ["Pearson's correlation", 'pearson', known(pearson), number],
      ["Spearman's correlation", 'spearman', known(spearman), number],
    ]),
    `![Guessed and true numbers](${EVALUATION_FILES.numbers})`,
    '## Furthest off',
    table(
      ['Place', 'Truth', 'Guess', 'Text'],
      furthest
        .slice(0, LISTED)
        .map(({ file, line, text, truth, predicted }) => [
          place(file, line),
          number(truth),
          number(predicted),
          cut(text),
        ]),
    ),
  ];
}

function figureTable(
  bootstrap: BootstrapIntervals | undefined,
  figures: readonly (readonly [name: string, key: string, value: number, words: (value: number) => string])[],
): string {
  const rows = figures.map(([name, key, value, words]) => {
    const interval = bootstrap?.intervals[key];
    return [name, Number.isNaN(value) ? '–' : words(value), interval ? interval.map(words).join(' to ') : '–'];
  });
  const note =
    bootstrap && `\n\nIntervals: percentile bootstrap, ${grouped(bootstrap.resamples)} resamples of the examples.`;
  return `${table(['', '', '95 %'], rows)}${note ?? ''}`;
}

function classParts(
  { classes }: ClassificationReport | MultiLabelReport,
  averages: ClassificationReport['averages'],
): string[] {
  const row = (name: string, { precision, recall, f1 }: AverageScore, support: string) => [
    name,
    percent(precision),
    percent(recall),
    percent(f1),
    support,
  ];
  return [
    '## Classes',
    table(
      ['', 'Precision', 'Recall', 'F1', 'Examples'],
      [
        ...classes.map((each) => row(each.label, each, grouped(each.support))),
        ...(averages
          ? (['macro', 'micro', 'weighted'] as const).map((name) => row(`(${name})`, averages[name], ''))
          : []),
      ],
    ),
  ];
}

function calibrationParts({ ece, bins }: Calibration, what: string): string[] {
  const predictions = bins.reduce((sum, { count }) => sum + count, 0);
  return [
    '## Calibration',
    `Expected calibration error: ${percent(ece)}, over ${grouped(predictions)} predictions in ${bins.length} bins of equal width. ${what}`,
    `![Reliability curve](${EVALUATION_FILES.reliability})`,
  ];
}

function misreadParts({ misread }: { misread: readonly MisreadExample[] }): string[] {
  if (misread.length === 0) return ['Every example was read rightly.'];
  const more = misread.length > LISTED ? [`The first ${LISTED} of them; all are in \`${EVALUATION_FILES.json}\`.`] : [];
  return [
    `## ${grouped(misread.length)} misread`,
    ...more,
    table(
      ['Place', 'Truth', 'Guess', 'Score', 'Text'],
      misread
        .slice(0, LISTED)
        .map(({ file, line, text, label, predicted, score }) => [
          place(file, line),
          label,
          predicted,
          percent(score),
          cut(text),
        ]),
    ),
  ];
}

/** The file's name alone: where someone keeps their files is nobody's business. */
function place(file: string | undefined, line: number): string {
  return file === undefined ? `line ${line}` : `${file.split(/[\\/]/).at(-1)}:${line}`;
}

function cut(text: string): string {
  return text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}

function points(part: number): string {
  return `${part > 0 ? '+' : ''}${(100 * part).toFixed(2)}`;
}

function number(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function grouped(value: number): string {
  return plain(value.toLocaleString('en-US'));
}
