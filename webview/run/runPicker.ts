/** The list of runs: which of them are shown, how far each is. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { swatch } from '../charts/swatch.js';
import { element, setChildren, setText } from '../element.js';
import { clock, integer, percent, threeDecimals, wholePercent } from '../format.js';
import { objectiveName, statusName } from '../names.js';
import type { DashboardState } from '../state.js';
import { t } from '../words.js';
import { MOST_SELECTED, toggled } from './selection.js';

interface Row {
  element: HTMLElement;
  checkbox: HTMLElement & { checked: boolean; disabled: boolean };
  name: HTMLElement;
  mark: HTMLElement;
  status: HTMLElement;
  progress: HTMLElement;
  score: HTMLElement;
}

/** The section of the page. A press on a name shows that run alone; boxes lay several over each other. */
export class RunPicker {
  readonly element: HTMLDetailsElement;
  readonly #change: (change: Partial<DashboardState>) => void;
  readonly #summary = element('summary');
  readonly #list = element('ul', { class: 'runs' });
  readonly #rows = new Map<string, Row>();
  #selected: readonly string[] = [];
  /** Runs keep their places while the page is open, though the newest changes with every step of any of them. */
  #order: string[] = [];

  constructor(change: (change: Partial<DashboardState>) => void) {
    this.#change = change;
    this.element = element(
      'details',
      { class: 'panel', toggle: () => change({ runsOpen: this.element.open }) },
      this.#summary,
      this.#list,
    );
  }

  update(runs: readonly RunSummary[], { selected, runsOpen }: DashboardState): void {
    this.#selected = selected;
    if (this.element.open !== runsOpen) this.element.open = runsOpen;
    setText(this.#summary, t('Runs ({0})', integer(runs.length)));
    const byFolder = new Map(runs.map((run) => [run.folder, run]));
    const added = runs.filter(({ folder }) => !this.#order.includes(folder)).map(({ folder }) => folder);
    this.#order = [...added, ...this.#order.filter((folder) => byFolder.has(folder))];
    setChildren(
      this.#list,
      this.#order.map((folder) => {
        const run = byFolder.get(folder)!;
        const row = this.#rows.get(run.folder) ?? this.#makeRow(run);
        this.#updateRow(row, run);
        return row.element;
      }),
    );
  }

  #makeRow({ folder, name }: RunSummary): Row {
    // The component takes its name from its text, whatever its label says; the text itself is not shown.
    const checkbox = element('vscode-checkbox', {}, t('Show {0} beside others', name)) as Row['checkbox'];
    checkbox.addEventListener('change', () => {
      if (checkbox.checked === this.#selected.includes(folder)) return;
      this.#change({ selected: toggled(this.#selected, folder) });
      // The last one stays checked.
      checkbox.checked = this.#selected.includes(folder);
    });
    const row: Omit<Row, 'element'> = {
      checkbox,
      name: element(
        'button',
        { type: 'button', class: 'link', title: folder, click: () => this.#change({ selected: [folder] }) },
        name,
      ),
      mark: element('span', { class: 'mark' }),
      status: element('span'),
      progress: element('span', { class: 'value' }),
      score: element('span', { class: 'value' }),
    };
    const made = {
      ...row,
      element: element(
        'li',
        {},
        checkbox,
        element('div', { class: 'run-name' }, row.name, row.mark),
        element('div', { class: 'run-state' }, row.status, row.progress, row.score),
      ),
    };
    this.#rows.set(folder, made);
    return made;
  }

  #updateRow(row: Row, run: RunSummary): void {
    const at = this.#selected.indexOf(run.folder);
    row.element.classList.toggle('selected', at >= 0);
    row.checkbox.checked = at >= 0;
    row.checkbox.disabled = at < 0 && this.#selected.length >= MOST_SELECTED;
    row.name.setAttribute('aria-current', String(at === 0));
    // With one run, its curves differ by what they show, so that no style stands for the run.
    const style = at >= 0 && this.#selected.length > 1 ? String(at) : '';
    if (row.mark.dataset.style !== style) {
      row.mark.dataset.style = style;
      row.mark.replaceChildren(...(style === '' ? [] : [swatch(at)]));
    }
    row.status.className = `status ${run.status}`;
    setText(row.status, `${objectiveName(run.objective)} · ${statusName(run.status)}`);
    setText(row.progress, progressText(run));
    setText(row.score, scoreText(run));
  }
}

function progressText({ status, globalStep, totalSteps, secondsLeft }: RunSummary): string {
  if (status === 'finished') return t('{0} steps', integer(globalStep));
  const part = totalSteps ? wholePercent(globalStep / totalSteps) : t('{0} steps', integer(globalStep));
  return secondsLeft === null ? part : t('{0}, {1} left', part, clock(secondsLeft));
}

function scoreText({ best, loss }: RunSummary): string {
  if (best?.metric === 'macroF1') return t('F1 {0}', percent(best.value));
  return loss === null ? '' : t('loss {0}', threeDecimals(loss));
}
