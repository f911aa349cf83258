/** What an objective adds to the training loop, and what the loop wants to know of a config. */
import type { Batches } from '../corpus/batches.js';
import type { Random } from '../corpus/random.js';
import type { Objective } from '../protocol/events.js';
import type { Precision } from '../protocol/precision.js';
import type { EvaluationReport } from '../protocol/report.js';
import type { TensorboardLevel } from '../protocol/runConfig.js';
import type { RunCorpus } from '../protocol/runState.js';
import type { Device } from '../runtime/devices.js';
import type { Run, TrainStep } from './trainStep.js';

/** A micro-batch to make: its examples by number, and where all its chance comes from. */
export interface MicroBatch {
  examples: Uint32Array;
  random: Random;
  /** Counted from 0; the same of all that are made ready together. */
  epoch: number;
}

/** Micro-batches made ready. */
export interface Work {
  /** Their losses add up to the sum of the micro-batches' mean losses. Each is made when it is asked for. */
  runs: AsyncIterable<Run> | Iterable<Run>;
  /** Real tokens, padding not counted. */
  tokens: number;
}

/** What an evaluation found. */
export interface Evaluation {
  metrics: Record<string, number>;
  /** Higher is better. */
  score: number;
  report?: EvaluationReport;
}

/** What an objective adds to the loop. */
export interface Task {
  readonly objective: Objective;
  readonly step: TrainStep;
  readonly device: Device;
  /** As `resolvePrecision` gives it: `auto` means that half precision is there to be checked. */
  readonly precision: Precision;
  readonly sequences: number;
  readonly tokensPerEpoch: number;
  /** Tokens of each sequence. */
  readonly lengths: ArrayLike<number>;
  /** Tokens a run works on at most, padding counted. */
  readonly tokensPerRun: number;
  /** Makes later runs half as large and gives the tokens they may have then; null where they cannot be smaller. */
  halveRuns?(): number | null;
  /** Optimiser steps of the whole run, which the schedule falls to 0 over. */
  readonly totalSteps: number;
  /** What a resumed run must find again; null where it learns from a file that is read anew. */
  readonly corpus?: RunCorpus | null;
  /** The micro-batches of an epoch, by example number; always as many, and the same for the same epoch. */
  batches(epoch: number): Batches;
  /** Makes micro-batches of one optimiser step ready. `progress`: 0 at the first step of the run, 1 at the last. */
  prepare(microBatches: readonly MicroBatch[], progress: number): Work;
  /** Scores the model. */
  evaluate?(): Promise<Evaluation>;
  /** Writes the model folder. */
  save(folder: string): Promise<void>;
  /** Loads the best weights, from a folder that `save` wrote. Objectives with `evaluate` have it. */
  restoreBest?(folder: string): Promise<void>;
  /** Scorings without a better score after which the run ends; null: never. */
  readonly patience?: number | null;
  /**
   * Ends a run, whose best weights are loaded by then, before it is saved: fits what is fitted to finished weights, scores them on
   * every set, and writes the evaluations into folders below `folder`. Gives the one on the test set, null without one.
   * @param model the folder that the model is going to be in.
   */
  conclude?(folder: string, model: string): Promise<Evaluation | null>;
  dispose(): Promise<void>;
}

/** The settings that the loop itself reads. */
export interface LoopSettings {
  gradientAccumulationSteps: number;
  learningRate: number;
  warmupProportion: number;
  maxSteps: number | null;
  maxMinutes: number | null;
  seed: number;
  logSteps: number;
  checkpointSteps: number | null;
  keepCheckpoints: number;
  /** Steps between two scorings; null, or not there: at the end of each epoch. */
  evaluationSteps?: number | null;
  tensorboard: TensorboardLevel;
}

/** A task made ready by a config, and what an estimate wants to know besides. */
export interface PreparedTask {
  task: Task;
  /** Null without a teacher. `bytes`: what its weights take in memory. */
  teacher: { parameters: number; bytes: number } | null;
  /** Part of the text that was read: 1, or less where there was a limit. */
  part: number;
  /** What keeping the teacher's predictions will cost; null where none are kept, or all are there. */
  cacheCost?: TeacherCacheCost | null;
}

/** What it takes to fill a teacher cache for the sequences that were read. */
export interface TeacherCacheCost {
  /** On the disk, at most. */
  sizeBytes: number;
  /** As far as the teacher has been timed. */
  seconds(): number;
}
