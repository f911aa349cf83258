/** A table that is wider than the page. */

import { element } from './element.js';

/** A table that scrolls within the page, also by the keyboard. */
export function scrolling(label: string, table: HTMLElement): HTMLElement {
  return element('div', { class: 'table-scroll', role: 'region', tabindex: 0, 'aria-label': label }, table);
}
