/** The reliability curve: how often predictions of a confidence are right, as a picture and as a table. */

import type { Calibration, CalibrationBin } from '../../trainer-core/protocol/report.js';
import { element, svgElement } from '../element.js';
import { integer, percent, wholePercent } from '../format.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';

/** The picture's own units: a square with room for the axes' numbers to the left and below. */
const [LEFT, TOP, SIDE, BELOW] = [38, 8, 220, 34];

/** A new section's content. `opened` is told when the table is opened or closed. */
export function reliabilityChart(
  { ece, bins }: Calibration,
  open: boolean,
  opened: (open: boolean) => void,
): HTMLElement {
  const filled = bins.filter(({ count }) => count > 0);
  const details = element(
    'details',
    { class: 'panel', open },
    element('summary', { 'data-focus': 'calibration-table' }, t('Calibration as a table')),
    binTable(filled),
  ) as HTMLDetailsElement;
  details.addEventListener('toggle', () => {
    if (details.open !== open) opened(details.open);
  });
  return element('div', { class: 'reliability' }, picture(ece, filled), details);
}

function picture(ece: number, bins: readonly CalibrationBin[]): SVGElement {
  const x = (confidence: number) => LEFT + confidence * SIDE;
  const y = (accuracy: number) => TOP + (1 - accuracy) * SIDE;
  const bars = bins.flatMap((bin) => [
    svgElement(
      'g',
      {},
      svgElement('title', {}, binWords(bin)),
      // The whole column answers to the pointer, however low its bar is.
      svgElement('rect', { class: 'column', x: x(bin.from), y: TOP, width: x(bin.to) - x(bin.from), height: SIDE }),
      svgElement('rect', {
        class: 'accuracy-bar',
        x: x(bin.from) + 1,
        y: y(bin.accuracy),
        width: x(bin.to) - x(bin.from) - 2,
        height: y(0) - y(bin.accuracy),
      }),
    ),
  ]);
  const gaps = bins.map(({ confidence, accuracy }) =>
    svgElement('line', { class: 'gap', x1: x(confidence), x2: x(confidence), y1: y(accuracy), y2: y(confidence) }),
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
    svgElement('text', { x: LEFT - 4, y: y(value) + 4, 'text-anchor': 'end' }, wholePercent(value)),
    svgElement('text', { x: x(value), y: y(0) + 14, 'text-anchor': 'middle' }, wholePercent(value)),
    svgElement('line', { class: 'grid', x1: x(0), x2: x(1), y1: y(value), y2: y(value) }),
  ]);
  const label = t(
    'Reliability curve: the calibration error is {0}. Bars show how often predictions of a confidence are right; the dashed line is what would be right. Below it is the same as a table.',
    percent(ece),
  );
  const [width, height] = [LEFT + SIDE + 16, TOP + SIDE + BELOW];
  return svgElement(
    'svg',
    { role: 'img', 'aria-label': label, viewBox: `0 0 ${width} ${height}`, width, height },
    ...ticks,
    ...bars,
    svgElement('line', { class: 'diagonal', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ...gaps,
    svgElement('text', { x: x(0.5), y: y(0) + 30, 'text-anchor': 'middle' }, t('Confidence')),
  );
}

function binWords({ from, to, count, confidence, accuracy }: CalibrationBin): string {
  return t(
    '{0}: {1} predictions, {2} sure on average, {3} right',
    range(from, to),
    integer(count),
    percent(confidence),
    percent(accuracy),
  );
}

function binTable(bins: readonly CalibrationBin[]): HTMLElement {
  const rows = bins.map(({ from, to, count, confidence, accuracy }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, range(from, to)),
      ...[integer(count), percent(confidence), percent(accuracy), percent(Math.abs(accuracy - confidence))].map(
        (text) => element('td', {}, text),
      ),
    ),
  );
  const heads = [t('Confidence'), t('Predictions'), t('Mean confidence'), t('Accuracy'), t('Gap')];
  return scrolling(
    t('Calibration'),
    element(
      'table',
      { class: 'numbers' },
      element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, ...rows),
    ),
  );
}

function range(from: number, to: number): string {
  return `${percent(from)}–${percent(to)}`;
}
