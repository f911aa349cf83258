/** The figures of an evaluation, with their bootstrap intervals. */

import type { EvaluationReport } from '../../trainer-core/protocol/report.js';
import { element } from '../element.js';
import { integer, percent, threeDecimals } from '../format.js';
import { t } from '../words.js';

/** A figure: its name, its key among the intervals, its value (null where there is none) and how it is written. */
export interface ScoreFigure {
  name: string;
  key: string;
  value: number | null;
  words: (value: number) => string;
}

/** The figures that a report has, the most telling first. Older runs have fewer. */
export function scoreFigures(report: EvaluationReport): ScoreFigure[] {
  const figure = (name: string, key: string, value: number | null | undefined, words = percent): ScoreFigure[] =>
    value === undefined ? [] : [{ name, key, value, words }];
  switch (report.problemType) {
    case 'regression':
      return [
        ...figure(t('Mean squared error'), 'mse', report.mse, threeDecimals),
        ...figure(t('Mean absolute error'), 'mae', report.mae, threeDecimals),
        ...figure('R²', 'r2', report.r2, threeDecimals),
        ...figure(t('Pearson correlation'), 'pearson', report.pearson, threeDecimals),
        ...figure(t('Spearman correlation'), 'spearman', report.spearman, threeDecimals),
      ];
    case 'multi_label_classification':
      return [
        ...figure(t('All labels right'), 'accuracy', report.accuracy),
        ...figure(t('Micro-F1'), 'microF1', report.averages.micro.f1),
        ...figure(t('Macro-F1'), 'macroF1', report.macroF1),
        ...figure(t('Samples-F1'), 'samplesF1', report.samplesF1),
        ...figure(t('Loss'), 'loss', report.loss, threeDecimals),
        ...calibrationFigures(report),
      ];
    default:
      return [
        ...figure(t('Accuracy'), 'accuracy', report.accuracy),
        ...figure(t('Macro-F1'), 'macroF1', report.macroF1),
        ...figure(t('Weighted F1'), 'weightedF1', report.averages?.weighted.f1),
        ...figure(t('Loss'), 'loss', report.loss, threeDecimals),
        ...calibrationFigures(report),
      ];
  }

  function calibrationFigures({ calibration }: Extract<EvaluationReport, { calibration?: unknown }>): ScoreFigure[] {
    return [
      ...figure(t('Calibration error'), 'ece', calibration?.ece),
      ...figure(t('Brier score'), 'brier', calibration?.brier, threeDecimals),
    ];
  }
}

/** The interval of a figure in words; undefined where it has none. */
export function intervalWords({ intervals }: EvaluationReport, { key, words }: ScoreFigure): string | undefined {
  const interval = intervals?.intervals[key];
  return interval && t('{0} to {1}', words(interval[0]), words(interval[1]));
}

/** A new list of the figures, and of how many examples there are. */
export function figureList(report: EvaluationReport): HTMLElement {
  const counts: [string, string][] = [];
  const examples =
    report.examples ??
    ('classes' in report ? report.classes.reduce((sum, { support }) => sum + support, 0) : undefined);
  if (examples !== undefined) counts.push([t('Examples'), integer(examples)]);
  if ('misread' in report) counts.push([t('Misread'), integer(report.misreadCount ?? report.misread.length)]);
  const shown = scoreFigures(report).map((figure) =>
    entry(figure.name, figure.value === null ? '–' : figure.words(figure.value), intervalWords(report, figure)),
  );
  return element('dl', { class: 'figures' }, ...shown, ...counts.map(([name, value]) => entry(name, value)));
}

/** What the intervals are; null where there are none. */
export function intervalNote({ intervals }: EvaluationReport): HTMLElement | null {
  if (!intervals) return null;
  return element(
    'p',
    { class: 'note' },
    t('Below the figures: 95% bootstrap intervals, {0} resamples.', integer(intervals.resamples)),
  );
}

function entry(name: string, value: string, interval?: string): HTMLElement {
  return element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', {}, value),
    interval === undefined ? null : element('dd', { class: 'interval' }, interval),
  );
}
