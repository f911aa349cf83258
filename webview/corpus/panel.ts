/** A section that opens and closes. */

import { element } from '../element.js';
import type { Panel } from './corpusViewState.js';

/** A new one, open if its name is among `open`; the page finds it again by the name in `data-panel`. */
export function panel(name: Panel, title: string, open: readonly Panel[], ...content: HTMLElement[]): HTMLElement {
  return element(
    'details',
    { class: 'panel', 'data-panel': name, open: open.includes(name) },
    element('summary', { 'data-focus': name }, title),
    ...content,
  );
}
