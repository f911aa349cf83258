/** A chart as a table: the same steps and values, as many rows as can be read. */

import { element } from '../element.js';
import { integer, seriesValue } from '../format.js';
import { stepsIn, valueAt } from '../metrics/readOut.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import type { ChartContent } from './chartContent.js';

const ROWS = 200;

/** A new table of the chart's content. */
export function chartTable({ title, curves, range }: ChartContent): HTMLElement {
  const steps = stepsIn(
    curves.map(({ shown }) => shown),
    ...range,
    ROWS,
  );
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, t('Step')),
    ...curves.map(({ name }) => element('th', { scope: 'col' }, name)),
  );
  const rows = steps.map((step) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, integer(step)),
      ...curves.map(({ key, shown }) => element('td', {}, seriesValue(key, valueAt(shown, step)))),
    ),
  );
  return scrolling(
    title,
    element(
      'table',
      { class: 'numbers' },
      element('caption', { class: 'hidden' }, title),
      element('thead', {}, head),
      element('tbody', {}, ...rows),
    ),
  );
}
