/** What a training run says while it goes: one stream of typed events to the terminal, the run folder and the dashboard. */

import type { EvaluationReport } from './report.js';

/** What is being learned. */
export type Objective = 'pretrain' | 'distill' | 'finetune';

/** The losses that a total can be made of: those of Hugging Face's distiller, then ours; `labels` is that of a classifier with a teacher. */
export const LOSS_NAMES = ['ce', 'mlm', 'clm', 'mse', 'cos', 'hidden', 'attention', 'relation', 'labels'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** Losses of a step by name; `total` is the weighted sum. Only those with a weight are there. */
export type Losses = { total: number } & Partial<Record<LossName, number>>;

/** What the graphics card is busy with, by all programs together; what the system does not tell is absent. */
export interface DeviceUsage {
  /** Of the card's own memory, or of the memory that it shares with the processor. */
  memoryUsedBytes?: number;
  memoryTotalBytes?: number;
  /** The share of time in which it computed, 0 to 1. */
  utilization?: number;
}

/** How near half precision comes to single precision on the same work: the worst of all runs and groups of weights. */
export type PrecisionFigures = {
  /** Of a run's total loss, relative. */
  lossDifference: number;
  /** Between the gradients of a group of weights, 1 where they point the same way. */
  cosine: number;
  /** Of a group's gradient norm, relative. */
  normDifference: number;
  /** The group with that cosine: the beginning of its weights' names. */
  group: string;
};

/**
 * `agrees`: the limits are kept, `differs`: they are not, `overflows`: a gradient is beyond float16 however the loss is scaled, `fails`:
 * the device could not compute in half precision, or had no memory for it, `notFinite`: in single precision losses or gradients are no
 * numbers, with which nothing can be compared.
 */
export type PrecisionReason = 'agrees' | 'differs' | 'overflows' | 'fails' | 'notFinite';

/** What a run computes in, and why. */
export type PrecisionChoice = {
  precision: 'fp32' | 'fp16';
  reason: PrecisionReason;
  /** Of the check. */
  microBatches: number;
  /** Null where nothing could be compared. */
  figures: PrecisionFigures | null;
  /** The engine's words where it failed. */
  failure?: string;
};

/** One thing that happened in a run. Steps are optimiser steps, counted from 1; times are in seconds. */
export type RunEvent =
  | {
      type: 'started';
      objective: Objective;
      /** The step the run goes on from; 0 for a new one. */
      globalStep: number;
      /** Planned by epochs or steps; a limit in minutes may end the run before. */
      totalSteps: number;
      /** Trainable weights. */
      parameters: number;
      device: string;
      sequences: number;
      tokensPerEpoch: number;
    }
  | {
      type: 'step';
      globalStep: number;
      totalSteps: number;
      /** Epochs done, with a fraction. */
      epoch: number;
      /** Means since the last step event. */
      losses: Losses;
      /** Mean total loss since the epoch began; absent in the metrics of older runs. */
      epochLoss?: number;
      learningRate: number;
      /** Global norm before clipping; of steps left out nothing, and 0 where all were. */
      gradNorm: number;
      /** In half precision: what the loss of the next step is multiplied with, and steps left out since the run began. */
      lossScale?: number;
      skippedSteps?: number;
      /** Pieces read a second, padding not counted. */
      tokensPerSecond: number;
      secondsLeft: number;
      /** Since the last step event or the start; absent in the metrics of older runs. */
      seconds?: number;
      /** Resident memory of the trainer's process; absent in the metrics of older runs. */
      memoryBytes?: number;
      /** Of the graphics card that the run is on, as last sampled, some seconds ago at most; absent on a processor and where the system tells nothing. */
      device?: DeviceUsage;
    }
  | {
      type: 'epoch';
      globalStep: number;
      /** Whole epochs done. */
      epoch: number;
      /** Mean total loss of the last one. */
      loss: number;
    }
  | {
      type: 'evaluated';
      globalStep: number;
      epoch: number;
      split: 'dev' | 'test';
      /** By name, such as `accuracy`, `macroF1`, `loss`. */
      metrics: Record<string, number>;
      /** True when this is the best score on dev so far. */
      best: boolean;
      report?: EvaluationReport;
    }
  | { type: 'checkpoint'; folder: string; globalStep: number }
  /** Memory ran out: the step after `globalStep` is done again in parts of half as many tokens, which sum up to the same batch. */
  | { type: 'runsHalved'; globalStep: number; tokensPerRun: number }
  | { type: 'checkpointSkipped'; folder: string; reason: string }
  /** Whether half precision was chosen, after a check. */
  | ({ type: 'precision'; globalStep: number } & PrecisionChoice)
  /** The scale of half precision fell below 1 at that step: nothing small is saved by it any more. */
  | { type: 'lossScaleLow'; globalStep: number; lossScale: number }
  | { type: 'stopped'; globalStep: number; folder: string }
  | { type: 'finished'; globalStep: number; folder: string; metrics: Record<string, number> };
