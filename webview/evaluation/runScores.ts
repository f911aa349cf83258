/** The scores of several runs on the same kind of data, one below the other. */

import { element } from '../element.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import type { ReportedEvaluation } from './chooseEvaluation.js';
import { intervalWords, scoreFigures } from './scoreFigures.js';

/** A run by its name, and its evaluation. */
export interface ScoredRun {
  name: string;
  evaluation: ReportedEvaluation;
}

/** A new table; null where there is nothing to compare. Its columns are the first run's figures. */
export function runScores(runs: readonly ScoredRun[]): HTMLElement | null {
  const [first] = runs;
  if (!first || runs.length < 2) return null;
  const columns = scoreFigures(first.evaluation.report);
  const row = ({ name, evaluation: { report } }: ScoredRun) => {
    const figures = scoreFigures(report);
    const cells = columns.map(({ key }) => {
      const figure = figures.find((each) => each.key === key);
      if (!figure || figure.value === null) return element('td', {}, '–');
      const interval = intervalWords(report, figure);
      return element(
        'td',
        {},
        figure.words(figure.value),
        interval === undefined ? null : element('div', { class: 'interval' }, interval),
      );
    });
    return element('tr', {}, element('th', { scope: 'row', title: name }, name), ...cells);
  };
  const heads = [t('Run'), ...columns.map(({ name }) => name)];
  return element(
    'section',
    {},
    element('h3', {}, t('Runs compared')),
    scrolling(
      t('Runs compared'),
      element(
        'table',
        { class: 'numbers run-scores' },
        element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
        element('tbody', {}, ...runs.map(row)),
      ),
    ),
    element(
      'p',
      { class: 'note' },
      t('Whether a difference is more than chance: distilbert-studio evaluate --compare.'),
    ),
  );
}
