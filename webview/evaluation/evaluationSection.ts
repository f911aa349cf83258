/** An evaluation of the main run: which one, its scores beside those of other runs, confusion matrix, classes, calibration and misread examples. */

import { element } from '../element.js';
import { integer } from '../format.js';
import { send } from '../host.js';
import type { Evaluation } from '../metrics/metricsHistory.js';
import type { DashboardState } from '../state.js';
import { currentTheme } from '../theme.js';
import { t } from '../words.js';
import { chosenEvaluation, type ReportedEvaluation, reportedEvaluations } from './chooseEvaluation.js';
import { classTable } from './classTable.js';
import { confusionMatrix } from './confusionMatrix.js';
import { listedExamples, misreadList } from './misreadList.js';
import { reliabilityChart } from './reliabilityChart.js';
import { runScores, type ScoredRun } from './runScores.js';
import { figureList, intervalNote } from './scoreFigures.js';

/** A run that is shown. */
export interface EvaluatedRun {
  folder: string;
  name: string;
  evaluations: readonly Evaluation[];
}

/** The section of the page; hidden while the run has no evaluation with tables. */
export class EvaluationSection {
  readonly element = element('section', { class: 'evaluation', 'aria-label': t('Evaluation'), hidden: true });
  readonly #change: (change: Partial<DashboardState>) => void;
  #shown = '';

  constructor(change: (change: Partial<DashboardState>) => void) {
    this.#change = change;
  }

  /** The first run is the main one; of the others the scores are shown. */
  update(runs: readonly EvaluatedRun[], state: DashboardState): void {
    const [main] = runs;
    const reported = reportedEvaluations(main?.evaluations ?? []);
    const chosen = chosenEvaluation(reported, state.evaluation);
    this.element.hidden = !chosen;
    const scored = chosen ? scoredRuns(runs, chosen) : [];
    const idOf = ({ split, globalStep, best }: Evaluation) => [split, globalStep, best];
    const shown = JSON.stringify([
      main?.folder,
      reported.map(idOf),
      chosen && idOf(chosen),
      scored.map(({ name, evaluation }) => [name, idOf(evaluation)]),
      state.classOrder,
      state.misreadPage,
      state.calibrationOpen,
      currentTheme().background,
      currentTheme().accent,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.focus;
    this.element.replaceChildren(
      ...(main && chosen ? this.#content(main.folder, reported, chosen, scored, state) : []),
    );
    if (focused) this.element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  }

  #content(
    folder: string,
    reported: readonly ReportedEvaluation[],
    chosen: ReportedEvaluation,
    scored: readonly ScoredRun[],
    state: DashboardState,
  ): HTMLElement[] {
    const { report } = chosen;
    const part = (title: string, ...content: (HTMLElement | null)[]) =>
      element('section', {}, element('h3', {}, title), ...content);
    const calibration = 'calibration' in report ? report.calibration : undefined;
    const tables = [
      'confusion' in report ? part(t('Confusion matrix'), confusionMatrix(report)) : null,
      'classes' in report
        ? part(
            t('Scores by class'),
            classTable(report, state.classOrder, (classOrder) => this.#change({ classOrder })),
          )
        : null,
      calibration
        ? part(
            t('Calibration'),
            reliabilityChart(calibration, state.calibrationOpen, (calibrationOpen) =>
              this.#change({ calibrationOpen }),
            ),
          )
        : null,
    ];
    return [
      element('div', { class: 'section-head' }, element('h2', {}, t('Evaluation')), this.#choice(reported, chosen)),
      figureList(report),
      intervalNote(report),
      runScores(scored),
      element('div', { class: 'evaluation-tables' }, ...tables),
      part(
        report.problemType === 'regression' ? t('Furthest off') : t('Misread examples'),
        leftOut(report),
        misreadList(
          listedExamples(report),
          state.misreadPage,
          (misreadPage) => this.#change({ misreadPage }),
          (line, file) =>
            send({ type: 'openExample', folder, split: chosen.split, line, ...(file === undefined ? {} : { file }) }),
        ),
      ),
    ].filter((each) => each !== null);
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

/** The evaluations on the same data set of all runs that have one. */
function scoredRuns(runs: readonly EvaluatedRun[], chosen: ReportedEvaluation): ScoredRun[] {
  return runs.flatMap(({ name, evaluations }, at) => {
    if (at === 0) return [{ name, evaluation: chosen }];
    const evaluation = reportedEvaluations(evaluations).findLast(({ split }) => split === chosen.split);
    return evaluation ? [{ name, evaluation }] : [];
  });
}

/** A word on the misread examples that are not listed; null where all are. */
function leftOut(report: ReportedEvaluation['report']): HTMLElement | null {
  if (!('misread' in report) || (report.misreadCount ?? 0) <= report.misread.length) return null;
  const words = t(
    'These are the {0} that the model was surest of, of {1}. After the last step all of them are in evaluation.json, in the folder evaluation of the run.',
    integer(report.misread.length),
    integer(report.misreadCount!),
  );
  return element('p', { class: 'note' }, words);
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
