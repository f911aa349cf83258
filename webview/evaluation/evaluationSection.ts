/** An evaluation of the main run: which one, its scores, confusion matrix, classes and misread examples. */

import { element } from '../element.js';
import { integer, percent, seriesValue } from '../format.js';
import { send } from '../host.js';
import type { Evaluation } from '../metrics/metricsHistory.js';
import type { DashboardState } from '../state.js';
import { currentTheme } from '../theme.js';
import { t } from '../words.js';
import { chosenEvaluation, type ReportedEvaluation, reportedEvaluations } from './chooseEvaluation.js';
import { classTable } from './classTable.js';
import { confusionMatrix } from './confusionMatrix.js';
import { misreadList } from './misreadList.js';

/** The section of the page; hidden while the run has no evaluation with tables. */
export class EvaluationSection {
  readonly element = element('section', { class: 'evaluation', 'aria-label': t('Evaluation'), hidden: true });
  readonly #change: (change: Partial<DashboardState>) => void;
  #shown = '';

  constructor(change: (change: Partial<DashboardState>) => void) {
    this.#change = change;
  }

  update(folder: string, evaluations: readonly Evaluation[], state: DashboardState): void {
    const reported = reportedEvaluations(evaluations);
    const chosen = chosenEvaluation(reported, state.evaluation);
    this.element.hidden = !chosen;
    const idOf = ({ split, globalStep, best }: Evaluation) => [split, globalStep, best];
    const shown = JSON.stringify([
      folder,
      reported.map(idOf),
      chosen && idOf(chosen),
      state.classOrder,
      state.misreadPage,
      currentTheme().background,
      currentTheme().accent,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.focus;
    this.element.replaceChildren(...(chosen ? this.#content(folder, reported, chosen, state) : []));
    if (focused) this.element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  }

  #content(
    folder: string,
    reported: readonly ReportedEvaluation[],
    chosen: ReportedEvaluation,
    state: DashboardState,
  ): HTMLElement[] {
    const { report } = chosen;
    const examples = report.classes.reduce((sum, { support }) => sum + support, 0);
    const figure = (name: string, value: string) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value));
    return [
      element('div', { class: 'section-head' }, element('h2', {}, t('Evaluation')), this.#choice(reported, chosen)),
      element(
        'dl',
        { class: 'figures' },
        figure(t('Accuracy'), percent(report.accuracy)),
        figure(t('Macro-F1'), percent(report.macroF1)),
        figure(t('Loss'), seriesValue('devLoss', report.loss)),
        figure(t('Examples'), integer(examples)),
        figure(t('Misread'), integer(report.misread.length)),
      ),
      element(
        'div',
        { class: 'evaluation-tables' },
        element('section', {}, element('h3', {}, t('Confusion matrix')), confusionMatrix(report)),
        element(
          'section',
          {},
          element('h3', {}, t('Scores by class')),
          classTable(report, state.classOrder, (classOrder) => this.#change({ classOrder })),
        ),
      ),
      element(
        'section',
        {},
        element('h3', {}, t('Misread examples')),
        misreadList(
          report.misread,
          state.misreadPage,
          (misreadPage) => this.#change({ misreadPage }),
          (line) => send({ type: 'openExample', folder, split: chosen.split, line }),
        ),
      ),
    ];
  }

  /** Data and epoch, each where there is a choice. */
  #choice(reported: readonly ReportedEvaluation[], chosen: ReportedEvaluation): HTMLElement {
    const splits = [...new Set(reported.map(({ split }) => split))];
    const names = { dev: t('Development data'), test: t('Test data') };
    const split = dropdown(
      'evaluation-split',
      t('Data'),
      splits.map((each) => [each, names[each]]),
      chosen.split,
      (value) =>
        this.#change({ evaluation: { split: value === 'test' ? 'test' : 'dev', globalStep: null }, misreadPage: 0 }),
    );
    const epoch = dropdown(
      'evaluation-epoch',
      t('Epoch'),
      reported.filter((each) => each.split === chosen.split).map((each) => [String(each.globalStep), epochName(each)]),
      String(chosen.globalStep),
      (value) => this.#change({ evaluation: { split: chosen.split, globalStep: Number(value) }, misreadPage: 0 }),
    );
    return element('div', { class: 'choices' }, split, epoch);
  }
}

function epochName({ epoch, globalStep, best }: Evaluation): string {
  const rounded = Math.round(epoch * 10) / 10;
  return best
    ? t('Epoch {0} (step {1}), best', rounded, integer(globalStep))
    : t('Epoch {0} (step {1})', rounded, integer(globalStep));
}

function dropdown(
  focus: string,
  label: string,
  options: readonly (readonly [value: string, name: string])[],
  chosen: string,
  changed: (value: string) => void,
): HTMLElement {
  const made = element(
    'vscode-dropdown',
    { 'aria-label': label, 'data-focus': focus },
    ...options.map(([value, name]) => element('vscode-option', { value, selected: value === chosen }, name)),
  ) as HTMLElement & { value: string };
  made.addEventListener('change', () => {
    if (made.value !== chosen) changed(made.value);
  });
  return made;
}
