/** How long the sequences are: a bar chart, and the same as a table. */

import { linearTicks } from '../../trainer-core/charts/ticks.js';
import type { CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import { element, svgElement } from '../element.js';
import { integer, oneDecimal, shortPercent, tickLabel } from '../format.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import type { Panel } from './corpusViewState.js';
import { type LengthBar, lengthBars } from './lengthBars.js';
import { panel } from './panel.js';

/** More bars than this are thinner than what can be pointed at. */
const BARS = 64;
/** The chart's own units; it is stretched to the room there is. */
const HEIGHT = 100;

/** A new section. `open` says which panels are. */
export function lengthSection({ report, sequences }: CorpusManifest, open: readonly Panel[]): HTMLElement {
  const bars = lengthBars(report.lengths, BARS);
  const title = t('Lengths of the sequences');
  if (bars.length === 0) return element('section', { class: 'part' }, element('h2', {}, title), element('p', {}, '–'));
  return element(
    'section',
    { class: 'part', 'aria-label': title },
    element('h2', {}, title),
    chart(bars, sequences, report.lengths),
    panel('lengthTable', t('Lengths as a table'), open, lengthTable(bars, sequences, report.lengths.longest)),
  );
}

function chart(bars: readonly LengthBar[], sequences: number, { mean, longest }: CorpusManifest['report']['lengths']) {
  const highest = Math.max(...bars.map(({ count }) => count));
  const first = bars[0]!.from;
  const width = bars.at(-1)!.to + 1 - first;
  const rects = bars.map(({ from, to, count }) => {
    const height = (HEIGHT * count) / highest;
    const words = t(
      '{0} tokens: {1} sequences ({2})',
      range(from, Math.min(to, longest)),
      integer(count),
      share(count, sequences),
    );
    return svgElement(
      'g',
      {},
      svgElement('title', {}, words),
      // The whole column answers to the pointer, however low its bar is.
      svgElement('rect', { class: 'column', x: from - first, y: 0, width: to + 1 - from, height: HEIGHT }),
      svgElement('rect', {
        class: 'length-bar',
        x: from - first + 0.08 * (to + 1 - from),
        y: HEIGHT - height,
        width: 0.84 * (to + 1 - from),
        height,
      }),
    );
  });
  const label = t(
    'Bar chart: {0} sequences of {1} to {2} tokens, {3} on average. Below it is the same as a table.',
    integer(sequences),
    integer(first),
    integer(longest),
    oneDecimal(mean),
  );
  const svg = svgElement(
    'svg',
    { role: 'img', 'aria-label': label, viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none' },
    ...rects,
  );
  return element(
    'div',
    { class: 'lengths' },
    axis(linearTicks(0, highest, 3), (tick) => ['bottom', tick / highest], 'count-axis'),
    element('div', { class: 'length-plot' }, svg),
    axis(linearTicks(first, first + width, 6), (tick) => ['left', (tick - first) / width], 'length-axis'),
    element('p', { class: 'axis-name', 'aria-hidden': 'true' }, t('Tokens in a sequence')),
  );
}

/** Numbers along an edge of the chart, each at its place (0 to 1). */
function axis(
  ticks: readonly number[],
  place: (tick: number) => ['left' | 'bottom', number],
  name: string,
): HTMLElement {
  const labels = ticks.map((tick) => {
    const made = element('span', {}, tickLabel('step', tick));
    const [edge, part] = place(tick);
    made.style[edge] = `${100 * part}%`;
    return made;
  });
  return element('div', { class: name, 'aria-hidden': 'true' }, ...labels);
}

function lengthTable(bars: readonly LengthBar[], sequences: number, longest: number): HTMLElement {
  const rows = bars
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, range(from, Math.min(to, longest))),
        element('td', {}, integer(count)),
        element('td', {}, share(count, sequences)),
      ),
    );
  const heads = [t('Tokens in a sequence'), t('Sequences'), t('Share')];
  return scrolling(
    t('Lengths of the sequences'),
    element(
      'table',
      { class: 'numbers' },
      element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, ...rows),
    ),
  );
}

function range(from: number, to: number): string {
  return from === to ? integer(from) : `${integer(from)}–${integer(to)}`;
}

function share(count: number, sequences: number): string {
  return shortPercent(sequences === 0 ? 0 : count / sequences);
}
