/** What is set for all charts: smoothing, logarithmic scale, table, zoom, and with several runs which charts there are. */

import { element, setChildren, setText } from '../element.js';
import { wholePercent } from '../format.js';
import type { SeriesKey } from '../metrics/metricsHistory.js';
import { seriesName } from '../names.js';
import type { DashboardState } from '../state.js';
import { t } from '../words.js';
import { TRAINER } from './chartPlan.js';

type Checkbox = HTMLElement & { checked: boolean };
type Button = HTMLElement & { disabled: boolean };

const LARGEST_SMOOTHING = 0.99;

/** Reports changes through `change`, and curves switched on or off through `toggle`. */
export class ChartToolbar {
  readonly element: HTMLElement;
  readonly #smoothing: HTMLInputElement;
  readonly #smoothingText = element('span', { class: 'value', 'aria-hidden': 'true' });
  readonly #logScale: Checkbox;
  readonly #asTable: Checkbox;
  readonly #reset: Button;
  readonly #toggles = element('div', { class: 'toggles', role: 'group', 'aria-label': t('Charts to show') });
  readonly #toggle: (key: SeriesKey) => void;
  readonly #buttons = new Map<SeriesKey, HTMLElement>();

  constructor(change: (change: Partial<DashboardState>) => void, toggle: (key: SeriesKey) => void) {
    this.#toggle = toggle;
    this.#smoothing = element('input', {
      type: 'range',
      min: 0,
      max: LARGEST_SMOOTHING,
      step: 0.01,
      id: 'smoothing',
      input: () => change({ smoothing: Number(this.#smoothing.value) }),
    });
    const checkbox = (label: string, changed: (checked: boolean) => void): Checkbox => {
      const made = element('vscode-checkbox', {}, label) as Checkbox;
      made.addEventListener('change', () => changed(made.checked));
      return made;
    };
    this.#logScale = checkbox(t('Log scale'), (logScale) => change({ logScale }));
    this.#asTable = checkbox(t('Show as table'), (asTable) => change({ asTable }));
    this.#reset = element(
      'vscode-button',
      { appearance: 'secondary', click: () => change({ zoom: null }) },
      t('Reset zoom'),
    ) as Button;
    this.element = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': t('Settings of the charts') },
      element(
        'div',
        { class: 'smoothing' },
        element('label', { for: 'smoothing' }, t('Smoothing')),
        this.#smoothing,
        this.#smoothingText,
      ),
      this.#logScale,
      this.#asTable,
      this.#reset,
      this.#toggles,
    );
  }

  /** `keys`: the charts that can be switched on and off here; none with a single run, whose legend does it. */
  update(state: DashboardState, keys: readonly SeriesKey[]): void {
    if (Number(this.#smoothing.value) !== state.smoothing) this.#smoothing.value = String(state.smoothing);
    const smoothing = state.smoothing === 0 ? t('off') : wholePercent(state.smoothing);
    setText(this.#smoothingText, smoothing);
    this.#smoothing.setAttribute('aria-valuetext', smoothing);
    this.#logScale.checked = state.logScale;
    this.#asTable.checked = state.asTable;
    this.#reset.hidden = state.zoom === null;
    const toggled = keys.filter((key) => !TRAINER.includes(key));
    setChildren(
      this.#toggles,
      toggled.map((key) => {
        let button = this.#buttons.get(key);
        if (!button) {
          button = element(
            'button',
            { type: 'button', class: 'toggle', click: () => this.#toggle(key) },
            seriesName(key),
          );
          this.#buttons.set(key, button);
        }
        button.setAttribute('aria-pressed', String(!state.hidden.includes(key)));
        return button;
      }),
    );
    this.#toggles.hidden = toggled.length === 0;
  }
}
