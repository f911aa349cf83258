/** A run's metrics as the charts need them: columns by step, rebuilt from the lines of `metrics.jsonl` (docs/formats.md). */

import { lowerBound, type Series } from '../../trainer-core/charts/series.js';
import { LOSS_NAMES, type RunEvent } from '../../trainer-core/protocol/events.js';
import { Column } from './column.js';

/** Everything that is drawn over steps. Losses have the names of the events; the others are scores on dev and the trainer's own. */
export const SERIES_KEYS = [
  'total',
  ...LOSS_NAMES,
  'devLoss',
  'accuracy',
  'macroF1',
  'agreement',
  'learningRate',
  'tokensPerSecond',
  'memoryBytes',
  'deviceMemoryBytes',
  'deviceUtilization',
] as const;
export type SeriesKey = (typeof SERIES_KEYS)[number];

/** An evaluation as it was written. */
export type Evaluation = Extract<RunEvent, { type: 'evaluated' }>;

/** What happened that no curve shows. */
export type Remark = Extract<RunEvent, { type: 'runsHalved' | 'checkpointSkipped' | 'precision' | 'lossScaleLow' }> & {
  globalStep: number;
};

/** A column of values beside a column of steps. */
class Track {
  readonly steps = new Column();
  readonly columns = new Map<SeriesKey, Column>();

  add(step: number, values: Partial<Record<SeriesKey, unknown>>): void {
    for (const [key, value] of Object.entries(values) as [SeriesKey, unknown][]) {
      if (typeof value !== 'number') continue;
      const column = this.columns.get(key) ?? new Column();
      this.columns.set(key, column);
      column.pad(this.steps.length);
      column.push(Number.isFinite(value) ? value : Number.NaN);
    }
    this.steps.push(step);
  }

  dropFrom(step: number): void {
    const length = lowerBound(this.steps.values, step);
    this.steps.truncate(length);
    for (const column of this.columns.values()) column.truncate(length);
  }
}

/** No two states of any history share a version. */
let versions = 0;

/** Grows by lines; a run that went back to an earlier step takes what came after it back, too. */
export class MetricsHistory {
  readonly #training = new Track();
  readonly #scores = new Track();
  #evaluations: Evaluation[] = [];
  #remarks: Remark[] = [];
  #version = versions++;

  /** Changes when values were taken back, so that whatever was worked out from them has to be worked out again. */
  get version(): number {
    return this.#version;
  }

  /** In the order of their steps; test scores come last, because they are made at the end. */
  get evaluations(): readonly Evaluation[] {
    return this.#evaluations;
  }

  /** In the order in which they were told. */
  get remarks(): readonly Remark[] {
    return this.#remarks;
  }

  /** The last step that was told; 0 before the first. */
  get lastStep(): number {
    return Math.max(this.#training.steps.values.at(-1) ?? 0, this.#scores.steps.values.at(-1) ?? 0);
  }

  /** Good until the next `append`; undefined when the run has no such values. */
  series(key: SeriesKey): Series | undefined {
    for (const { steps, columns } of [this.#training, this.#scores]) {
      const column = columns.get(key);
      if (!column) continue;
      column.pad(steps.length);
      return { steps: steps.values, values: column.values };
    }
    return undefined;
  }

  /** Takes whole lines; one that is no event is passed over. */
  append(lines: string): void {
    for (let start = 0; start < lines.length; ) {
      const newline = lines.indexOf('\n', start);
      const end = newline < 0 ? lines.length : newline;
      const event = parseEvent(lines.slice(start, end));
      if (event) this.#add(event);
      start = end + 1;
    }
  }

  #add(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#goBackTo(event.globalStep + 1);
        break;
      case 'step':
        if (event.globalStep <= (this.#training.steps.values.at(-1) ?? 0)) this.#goBackTo(event.globalStep);
        this.#training.add(event.globalStep, {
          ...event.losses,
          learningRate: event.learningRate,
          tokensPerSecond: event.tokensPerSecond,
          memoryBytes: event.memoryBytes,
          deviceMemoryBytes: event.device?.memoryUsedBytes,
          deviceUtilization: event.device?.utilization,
        });
        break;
      case 'evaluated':
        this.#evaluated(event);
        break;
      case 'runsHalved':
      case 'checkpointSkipped':
      case 'precision':
      case 'lossScaleLow':
        this.#remarks = [...this.#remarks, event as Remark];
        break;
    }
  }

  #evaluated(event: Evaluation): void {
    const same = (other: Evaluation) => other.split === event.split && other.globalStep === event.globalStep;
    this.#evaluations = [...this.#evaluations.filter((other) => !same(other)), event];
    if (event.split !== 'dev') return;
    if (event.globalStep <= (this.#scores.steps.values.at(-1) ?? 0)) {
      this.#scores.dropFrom(event.globalStep);
      this.#version = versions++;
    }
    const { loss, accuracy, macroF1, agreement } = event.metrics;
    this.#scores.add(event.globalStep, { devLoss: loss, accuracy, macroF1, agreement });
  }

  /** Forgets this step and all after it. */
  #goBackTo(step: number): void {
    this.#remarks = this.#remarks.filter(({ globalStep }) => globalStep < step);
    if (step > this.lastStep) return;
    this.#training.dropFrom(step);
    this.#scores.dropFrom(step);
    this.#evaluations = this.#evaluations.filter(({ globalStep }) => globalStep < step);
    this.#version = versions++;
  }
}

/** Undefined for a torn line, and for one that is no event of ours. */
function parseEvent(line: string): RunEvent | undefined {
  let event: RunEvent | null;
  try {
    event = JSON.parse(line) as RunEvent | null;
  } catch {
    return undefined;
  }
  if (!Number.isFinite((event as { globalStep?: unknown } | null)?.globalStep)) return undefined;
  if (event?.type === 'evaluated' && typeof event.metrics !== 'object') return undefined;
  return event ?? undefined;
}
