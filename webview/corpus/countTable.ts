/** A table of counts with their shares, each drawn as a bar for the eye. */

import { element } from '../element.js';
import { integer, shortPercent } from '../format.js';

/** A row; `share` (0 to 1) is what its bar shows. */
export interface Counted {
  name: string | Node;
  count: number;
  share: number;
  /** Stands out among the others. */
  strong?: boolean;
}

/** Rows under a title of their own. */
export interface CountGroup {
  title?: string;
  rows: readonly Counted[];
}

/**
 * A new table with a caption for those who do not see it. `headings`: of the name, the count, and the share. The longest bar of a
 * group without a strong row fills its room, so that small shares can be told apart.
 */
export function countTable(
  caption: string,
  headings: readonly string[],
  groups: readonly CountGroup[],
): HTMLTableElement {
  const head = headings.map((heading) => element('th', { scope: 'col' }, heading));
  return element(
    'table',
    { class: 'numbers counts' },
    element('caption', { class: 'hidden' }, caption),
    element('thead', {}, element('tr', {}, ...head, element('td', { class: 'share', 'aria-hidden': 'true' }))),
    ...groups.map(({ title, rows }) => {
      const full = rows.some(({ strong }) => strong) ? 1 : Math.max(...rows.map(({ share }) => share));
      return element(
        'tbody',
        {},
        title === undefined ? null : titleRow(title),
        ...rows.map((row) => countRow(row, full)),
      );
    }),
  );
}

function titleRow(title: string): HTMLElement {
  return element('tr', { class: 'group' }, element('th', { scope: 'rowgroup', colspan: 4 }, title));
}

function countRow({ name, count, share, strong }: Counted, full: number): HTMLElement {
  const bar = element('div', { class: strong ? 'share-bar strong' : 'share-bar' });
  bar.style.width = `${full === 0 ? 0 : (100 * share) / full}%`;
  return element(
    'tr',
    strong ? { class: 'strong' } : {},
    element('th', { scope: 'row' }, name),
    element('td', {}, integer(count)),
    element('td', {}, shortPercent(share)),
    element('td', { class: 'share', 'aria-hidden': 'true' }, bar),
  );
}
