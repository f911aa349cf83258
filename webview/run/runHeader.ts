/** The main run at a glance: what it is doing, how far it is, its last figures, and what can be done to it. */

import { RUN_ACTIONS, type RunAction, type RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { element, setChildren, setText } from '../element.js';
import { bytes, clock, dateTime, integer, learningRate, percent, seriesValue, wholePercent } from '../format.js';
import { send } from '../host.js';
import type { Remark } from '../metrics/metricsHistory.js';
import { objectiveName, statusName } from '../names.js';
import { t } from '../words.js';

/** When each action can do something. */
const OFFERED: Record<RunAction, (status: RunSummary['status']) => boolean> = {
  stop: (status) => status === 'running',
  saveCheckpoint: (status) => status === 'running',
  resume: (status) => status === 'stopped' || status === 'failed' || status === 'interrupted',
  reveal: () => true,
  showLog: () => true,
};

/** The section of the page. */
export class RunHeader {
  readonly element: HTMLElement;
  readonly #name = element('h1');
  readonly #status = element('span', { class: 'status' });
  readonly #objective = element('span', { class: 'objective' });
  readonly #bar = element('div', { class: 'bar' });
  readonly #progress = element(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    this.#bar,
  );
  readonly #progressText = element('p', { class: 'progress-text' });
  readonly #figures = element('dl', { class: 'figures' });
  readonly #reason = element('p', { class: 'reason', role: 'status' });
  readonly #remarks = element('ul', { class: 'remarks', 'aria-label': t('Remarks') });
  readonly #actions = element('div', { class: 'actions' });
  readonly #buttons: Record<RunAction, HTMLElement>;
  readonly #figureItems = new Map<string, { item: HTMLElement; value: HTMLElement }>();
  #folder = '';
  #shownRemarks: readonly Remark[] | undefined;

  constructor() {
    const labels: Record<RunAction, string> = {
      stop: t('Stop'),
      saveCheckpoint: t('Save Checkpoint Now'),
      resume: t('Resume'),
      reveal: t('Show in Explorer'),
      showLog: t('Show Log'),
    };
    const button = (action: RunAction) =>
      element(
        'vscode-button',
        {
          appearance: action === 'stop' || action === 'resume' ? 'primary' : 'secondary',
          click: () => send({ type: 'runAction', action, folder: this.#folder }),
        },
        labels[action],
      );
    this.#buttons = Object.fromEntries(RUN_ACTIONS.map((action) => [action, button(action)])) as Record<
      RunAction,
      HTMLElement
    >;
    this.element = element(
      'header',
      { class: 'run-header' },
      element(
        'div',
        { class: 'run-title' },
        this.#name,
        element('div', { class: 'run-kind' }, this.#status, this.#objective),
      ),
      this.#progress,
      this.#progressText,
      this.#reason,
      this.#remarks,
      this.#actions,
      this.#figures,
    );
  }

  /** `remarks`: of this run. */
  update(run: RunSummary, remarks: readonly Remark[]): void {
    this.#folder = run.folder;
    setText(this.#name, run.name);
    this.#name.title = run.folder;
    this.#status.className = `status badge ${run.status}`;
    setText(this.#status, statusName(run.status));
    setText(this.#objective, objectiveName(run.objective));

    const part = run.totalSteps ? Math.min(1, run.globalStep / run.totalSteps) : null;
    this.#progress.hidden = part === null;
    this.#progress.className = `progress ${run.status}`;
    this.#progress.setAttribute('aria-label', t('Progress'));
    this.#progress.setAttribute('aria-valuenow', String(Math.round((part ?? 0) * 100)));
    this.#bar.style.width = `${(part ?? 0) * 100}%`;
    setText(this.#progressText, progressText(run, part));

    const reason = reasonText(run);
    this.#reason.hidden = reason === '';
    this.#reason.className = `reason ${run.status}`;
    setText(this.#reason, reason);
    this.#updateRemarks(remarks);
    this.#updateFigures(run);
    setChildren(
      this.#actions,
      RUN_ACTIONS.filter((action) => OFFERED[action](run.status)).map((action) => this.#buttons[action]),
    );
  }

  #updateRemarks(remarks: readonly Remark[]): void {
    if (remarks === this.#shownRemarks) return;
    this.#shownRemarks = remarks;
    this.#remarks.hidden = remarks.length === 0;
    setChildren(
      this.#remarks,
      remarks.map((remark) => element('li', {}, remarkText(remark))),
    );
  }

  #updateFigures(run: RunSummary): void {
    const figures: [name: string, value: string | null][] = [
      [t('Loss'), run.loss === null ? null : seriesValue('total', run.loss)],
      [
        run.best?.metric === 'macroF1' ? t('Best macro-F1') : t('Best validation loss'),
        run.best && (run.best.metric === 'macroF1' ? percent(run.best.value) : seriesValue('devLoss', run.best.value)),
      ],
      [t('Learning rate'), run.learningRate === null ? null : learningRate(run.learningRate)],
      [t('Tokens/s'), run.tokensPerSecond === null ? null : integer(run.tokensPerSecond)],
      [t('Memory'), run.memoryBytes === null ? null : bytes(run.memoryBytes)],
      [t('GPU memory'), deviceMemory(run.deviceUsage)],
      [t('GPU load'), run.deviceUsage?.utilization === undefined ? null : wholePercent(run.deviceUsage.utilization)],
      [t('Updated'), dateTime(run.updatedMs)],
      [t('Device'), run.device && deviceText(run.device)],
    ];
    const items = figures.flatMap(([name, value]) => {
      if (value === null) return [];
      let figure = this.#figureItems.get(name);
      if (!figure) {
        const shown = element('dd');
        figure = { item: element('div', {}, element('dt', {}, name), shown), value: shown };
        this.#figureItems.set(name, figure);
      }
      setText(figure.value, value);
      return [figure.item];
    });
    setChildren(this.#figures, items);
  }
}

/** `webgpu · NVIDIA GeForce RTX 4070`. */
function deviceText({ name, description }: NonNullable<RunSummary['device']>): string {
  return description === '' ? name : `${name} · ${description}`;
}

/** `5.10 GB of 12.00 GB`, or what is known of it. */
function deviceMemory(usage: RunSummary['deviceUsage']): string | null {
  const { memoryUsedBytes, memoryTotalBytes } = usage ?? {};
  if (memoryUsedBytes === undefined) return null;
  if (memoryTotalBytes === undefined) return bytes(memoryUsedBytes);
  return t('{0} of {1}', bytes(memoryUsedBytes), bytes(memoryTotalBytes));
}

function progressText({ globalStep, totalSteps, secondsLeft }: RunSummary, part: number | null): string {
  if (totalSteps === null || part === null) return t('Step {0}', integer(globalStep));
  const steps = t('Step {0} of {1}', integer(globalStep), integer(totalSteps));
  const left = secondsLeft === null ? [] : [t('{0} left', clock(secondsLeft))];
  return [steps, wholePercent(part), ...left].join(' · ');
}

function remarkText(remark: Remark): string {
  if (remark.type === 'runsHalved') {
    return t(
      'Memory ran out at step {0}. Since then each batch is worked on in parts of up to {1} tokens: slower, with the same result.',
      integer(remark.globalStep + 1),
      integer(remark.tokensPerRun),
    );
  }
  if (remark.type === 'precision') {
    return {
      agrees: t('The run computes in half precision: on its first batches it agrees with single precision.'),
      differs: t('The run computes in single precision: on its first batches half precision differs too much from it.'),
      overflows: t('The run computes in single precision: on its first batches half precision overflows.'),
      fails: t(
        'The run computes in single precision: on its first batches half precision fails: {0}',
        remark.failure ?? '',
      ),
      notFinite: t(
        'The run computes in single precision, in which its first batches come to no finite numbers: there was nothing to compare half precision with.',
      ),
    }[remark.reason];
  }
  if (remark.type === 'lossScaleLow') {
    return t(
      'Up to step {0} gradients have overflowed half precision again and again. If the loss does not fall, set precision to fp32.',
      integer(remark.globalStep),
    );
  }
  const name = remark.folder.split(/[\\/]/).at(-1) ?? remark.folder;
  return t('The checkpoint {0} was damaged, so the run went on from the one before.', name);
}

function reasonText({ status, error }: RunSummary): string {
  if (status === 'interrupted') {
    return t(
      'The trainer ended without a word: it was killed, or the machine was switched off. Resume goes on from the last checkpoint.',
    );
  }
  if (status !== 'failed') return '';
  return error ?? t('The run failed for a reason it did not name. Its log may say more.');
}
