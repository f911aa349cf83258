/** The confusion matrix: true classes in rows, guesses in columns, shaded by the share of the row. */

import type { ClassificationReport } from '../../trainer-core/protocol/report.js';
import { hexOf, mix, parseColor, readableOn } from '../color.js';
import { element } from '../element.js';
import { integer, wholePercent } from '../format.js';
import { scrolling } from '../scrolling.js';
import { currentTheme } from '../theme.js';
import { t } from '../words.js';

/** A share of 1 is this much of the accent colour. */
const DEEPEST = 0.85;

/** A new table, shaded in the colours of the theme as it is now. */
export function confusionMatrix({ classes, confusion }: ClassificationReport): HTMLElement {
  const labels = classes.map(({ label }) => label);
  const head = element(
    'tr',
    {},
    element('td', { class: 'corner' }, t('True ＼ guessed')),
    ...labels.map((label) => element('th', { scope: 'col', title: label }, element('span', {}, label))),
  );
  const rows = confusion.map((counts, truth) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return element(
      'tr',
      {},
      element('th', { scope: 'row', title: labels[truth] ?? '' }, labels[truth] ?? ''),
      ...counts.map((count, guess) => cell(count, total, truth === guess, labels[truth] ?? '', labels[guess] ?? '')),
    );
  });
  return scrolling(
    t('Confusion matrix'),
    element('table', { class: 'confusion' }, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}

function cell(count: number, total: number, right: boolean, truth: string, guess: string): HTMLElement {
  const share = total === 0 ? 0 : count / total;
  const made = element(
    'td',
    {
      class: right ? 'right' : '',
      title: t('{0} read as {1}: {2} ({3})', truth, guess, integer(count), wholePercent(share)),
    },
    count === 0 ? element('span', { class: 'zero' }, '0') : integer(count),
  );
  if (count > 0) {
    const { accent, background } = currentTheme();
    const shade = mix(parseColor(accent), parseColor(background), Math.max(0.08, share * DEEPEST));
    made.style.background = hexOf(shade);
    made.style.color = hexOf(readableOn(shade));
  }
  return made;
}
