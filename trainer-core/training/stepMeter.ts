/** Means of losses and speed over the optimiser steps since the last report. */
import type { Losses } from '../protocol/events.js';

export type StepFigures = {
  losses: Losses;
  tokens: number;
  learningRate: number;
  /** Null: beyond half precision, so that the step was left out. */
  gradNorm: number | null;
};

export interface StepMeans {
  losses: Losses;
  /** Of the last step. */
  learningRate: number;
  /** Of the steps that have one; 0 where none has. */
  gradNorm: number;
  tokensPerSecond: number;
  /** Since the last means. */
  seconds: number;
  secondsPerStep: number;
}

/** What a meter has taken in since its last report; saved with a checkpoint, so that a resumed run reports the same means. */
export type MeterState = {
  steps: StepFigures[];
  /** Time they took. */
  seconds: number;
};

export class StepMeter {
  #steps: StepFigures[];
  #since: number;

  /** Goes on from `state`; default: begins anew. */
  constructor({ steps, seconds }: MeterState = { steps: [], seconds: 0 }) {
    this.#steps = [...steps];
    this.#since = performance.now() - seconds * 1000;
  }

  get hasSteps(): boolean {
    return this.#steps.length > 0;
  }

  get state(): MeterState {
    return { steps: this.#steps, seconds: (performance.now() - this.#since) / 1000 };
  }

  add(figures: StepFigures): void {
    this.#steps.push(figures);
  }

  /** The means since the last call, of at least one step; begins anew. */
  take(): StepMeans {
    const steps = this.#steps;
    const last = steps.at(-1) as StepFigures;
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    const mean = (of: (step: StepFigures) => number) => steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
    const norms = steps.flatMap(({ gradNorm }) => gradNorm ?? []);
    const names = Object.keys(last.losses) as (keyof Losses)[];
    const losses = Object.fromEntries(names.map((name) => [name, mean((step) => step.losses[name] ?? 0)])) as Losses;
    const means = {
      losses,
      learningRate: last.learningRate,
      gradNorm: norms.length === 0 ? 0 : norms.reduce((sum, norm) => sum + norm, 0) / norms.length,
      tokensPerSecond: (mean((step) => step.tokens) * steps.length) / seconds,
      seconds,
      secondsPerStep: seconds / steps.length,
    };
    this.#steps = [];
    this.#since = now;
    return means;
  }
}
