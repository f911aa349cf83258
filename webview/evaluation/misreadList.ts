/** The examples that were misread, a page at a time; each opens the data file at its line. */

import type { EvaluationReport } from '../../trainer-core/protocol/report.js';
import { element } from '../element.js';
import { integer, threeDecimals, wholePercent } from '../format.js';
import { t } from '../words.js';

const PAGE = 20;
/** More of a text than this is in the data file. */
const TEXT_SHOWN = 300;

/** An example of the list. */
interface ListedExample {
  /** The data file; absent in the metrics of older runs. */
  file?: string;
  line: number;
  text: string;
  truth: string;
  guess: string;
}

/** What a report lists: misread examples, or the numbers that are furthest off. */
export function listedExamples(report: EvaluationReport): ListedExample[] {
  if (report.problemType === 'regression') {
    return report.furthest.map(({ truth, predicted, ...place }) => ({
      ...place,
      truth: t('true: {0}', threeDecimals(truth)),
      guess: t('predicted: {0}', threeDecimals(predicted)),
    }));
  }
  return report.misread.map(({ label, predicted, score, ...place }) => ({
    ...place,
    truth: t('true: {0}', label || '–'),
    guess: t('guessed: {0} ({1})', predicted || '–', wholePercent(score)),
  }));
}

/** A new list. `turn` takes the number of a page, from 0. */
export function misreadList(
  examples: readonly ListedExample[],
  page: number,
  turn: (page: number) => void,
  open: (line: number, file: string | undefined) => void,
): HTMLElement {
  if (examples.length === 0) return element('p', {}, t('Every example was classified correctly.'));
  const pages = Math.ceil(examples.length / PAGE);
  const at = Math.min(page, pages - 1);
  const shown = examples.slice(at * PAGE, (at + 1) * PAGE);
  const items = shown.map(({ file, line, text, truth, guess }) =>
    element(
      'li',
      {},
      element(
        'button',
        {
          type: 'button',
          class: 'example',
          title: t('Open line {0} of the data file', integer(line)),
          click: () => open(line, file),
        },
        element('span', { class: 'example-text' }, text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text),
        element(
          'span',
          { class: 'example-labels' },
          element('span', { class: 'truth' }, truth),
          element('span', { class: 'guess' }, guess),
          element('span', { class: 'line' }, t('line {0}', integer(line))),
        ),
      ),
    ),
  );
  const turner = (focus: string, label: string, to: number) =>
    element(
      'vscode-button',
      { appearance: 'secondary', 'data-focus': focus, disabled: to < 0 || to >= pages, click: () => turn(to) },
      label,
    );
  const pager =
    pages > 1
      ? element(
          'nav',
          { class: 'pager', 'aria-label': t('Pages of misread examples') },
          turner('misread-previous', t('Previous'), at - 1),
          element('span', { role: 'status' }, t('Page {0} of {1}', integer(at + 1), integer(pages))),
          turner('misread-next', t('Next'), at + 1),
        )
      : null;
  return element('div', {}, element('ol', { class: 'misread', start: at * PAGE + 1 }, ...items), pager);
}
