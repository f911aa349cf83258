/** Where a run stands: what is saved with a checkpoint, and the steps whose results are not known yet. */
import type { LossScale } from '../optim/lossScale.js';
import type { Losses, PrecisionChoice } from '../protocol/events.js';
import type { MeterState } from './stepMeter.js';
import type { Reported } from './trainStep.js';

/** Saved with each checkpoint. */
export type Progress = {
  globalStep: number;
  /** Micro-batches done since the run began. */
  microSteps: number;
  /** Seconds of training in earlier processes and this one. */
  seconds: number;
  /** Sum of the total losses of the micro-batches since the epoch began. */
  epochLoss: number;
  /** How often the runs were halved for want of memory; absent in checkpoints of older versions. */
  halvings?: number;
  /** Steps whose gradients were beyond half precision and moved no weight; absent where there were none. */
  skippedSteps?: number;
  /** What was chosen where `precision` left it to a check. */
  precision?: PrecisionChoice;
  bestScore: number | null;
  scoringsSinceBest: number;
  /** The step after which the model was last scored; null before that. */
  evaluatedStep: number | null;
};

/**
 * What is saved with a checkpoint besides tensors. `unreported`: the steps since the last line of metrics. `lossScale`: of half
 * precision, else null; absent in checkpoints of older versions.
 */
export type SavedProgress = Progress & { unreported: MeterState; lossScale?: LossScale | null };

/** Micro-batches of one epoch, made ready together. */
export interface Part {
  /** Counted from the beginning of the run. */
  firstMicroStep: number;
  microSteps: number;
  /** Runs that their loss is the sum of. */
  runs: number;
}

/** A step that is done, or will be: its results may not be known yet. */
export interface StepAtHand {
  globalStep: number;
  tokens: number;
  learningRate: number;
  parts: readonly Part[];
}

/** The mean losses of a step's micro-batches, which its runs are parts of. */
export function meanLosses(runs: readonly Reported[], microBatches: number): Losses {
  const losses: Losses = { total: 0 };
  for (const run of runs) {
    for (const [name, loss] of Object.entries(run) as [keyof Losses, number][])
      losses[name] = (losses[name] ?? 0) + loss / microBatches;
  }
  return losses;
}
