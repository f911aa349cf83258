/** The table of settings: what differs between the runs that are shown, or what matters of a single one. */

import { element, setText } from '../element.js';
import type { DashboardState } from '../state.js';
import { t } from '../words.js';
import { settingRows } from './configDiff.js';

/** A run with its settings, once they are known. */
export interface ConfiguredRun {
  name: string;
  config: Readonly<Record<string, unknown>> | undefined;
}

/** The section of the page. */
export class Settings {
  readonly element: HTMLDetailsElement;
  readonly #summary = element('summary');
  readonly #body = element('div', { class: 'table-scroll', role: 'region', tabindex: 0 });
  #shown = '';

  constructor(change: (change: Partial<DashboardState>) => void) {
    this.element = element(
      'details',
      { class: 'panel', toggle: () => change({ settingsOpen: this.element.open }) },
      this.#summary,
      this.#body,
    );
  }

  update(runs: readonly ConfiguredRun[], { settingsOpen }: DashboardState): void {
    if (this.element.open !== settingsOpen) this.element.open = settingsOpen;
    const known = runs.filter(({ config }) => config !== undefined);
    const rows = settingRows(known.map(({ config }) => config!));
    const title = known.length > 1 ? t('Settings that differ ({0})', rows.length) : t('Settings');
    setText(this.#summary, title);
    this.#body.setAttribute('aria-label', title);
    const shown = JSON.stringify([known.map(({ name }) => name), rows]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (rows.length === 0) {
      const words =
        known.length > 1 ? t('These runs have the same settings.') : t('The settings of this run are not known.');
      this.#body.replaceChildren(element('p', {}, words));
      return;
    }
    const head = element(
      'tr',
      {},
      element('th', { scope: 'col' }, t('Setting')),
      ...known.map(({ name }) => element('th', { scope: 'col' }, known.length > 1 ? name : t('Value'))),
    );
    const body = rows.map(({ key, values }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, key),
        ...values.map((value) => element('td', { title: value ?? '' }, value === undefined ? '–' : shortPath(value))),
      ),
    );
    this.#body.replaceChildren(
      element('table', { class: 'settings' }, element('thead', {}, head), element('tbody', {}, ...body)),
    );
  }
}

/** A path's last two parts say what it is; the whole is in the hover. */
function shortPath(value: string): string {
  const paths = value.split(', ').map((each) => {
    const parts = each.split(/[\\/]/);
    return parts.length > 3 ? `…/${parts.slice(-2).join('/')}` : each;
  });
  return paths.join(', ');
}
