/** When a run ends, what it reports, and where it runs: the settings that have nothing to do with the objective. */

import * as z from 'zod';
import { DEVICE_CHOICES } from './devices.js';
import { LICENSES } from './licenses.js';
import { PRECISIONS } from './precision.js';

/** What a run's TensorBoard file holds: nothing, the numbers of its metrics, or also the mean and spread of each weight and gradient. */
export const TENSORBOARD_LEVELS = ['off', 'scalars', 'parameters'] as const;
export type TensorboardLevel = (typeof TENSORBOARD_LEVELS)[number];

/** What the objectives do not agree on; steps are optimiser steps. */
export interface RunDefaults {
  numEpochs: number;
  seed: number;
  logSteps: number;
  checkpointSteps: number | null;
}

/** The fields every run has, with an objective's own defaults. The first of the three limits that is reached ends the run. */
export function runFields(defaults: RunDefaults) {
  return {
    numEpochs: z
      .number()
      .gt(0)
      .default(defaults.numEpochs)
      .describe('Passes over the training data; may be a fraction.'),
    maxSteps: z.int().min(1).nullable().default(null).describe('Stop after this many optimiser steps; null: no limit.'),
    maxMinutes: z
      .number()
      .gt(0)
      .nullable()
      .default(null)
      .describe('Stop after this many minutes, the learning rate falling to 0 by then; null: no limit.'),
    seed: z
      .int()
      .min(0)
      .max(0xffffffff)
      .default(defaults.seed)
      .describe('Same seed, settings and device: same loss curve.'),
    logSteps: z.int().min(1).default(defaults.logSteps).describe('Optimiser steps between two lines of metrics.'),
    checkpointSteps: z
      .int()
      .min(1)
      .nullable()
      .default(defaults.checkpointSteps)
      .describe('Optimiser steps between two checkpoints; null: at the end of each epoch.'),
    tensorboard: z
      .enum(TENSORBOARD_LEVELS)
      .default('scalars')
      .describe(
        'The TensorBoard file in the run folder: off, all numbers of the metrics, or also mean and deviation of each weight and its gradient.',
      ),
    license: z
      .enum(LICENSES)
      .default('unknown')
      .describe('Licence of the model that is made, for its model card, as the Hugging Face hub calls it.'),
    keepCheckpoints: z
      .int()
      .min(1)
      .default(2)
      .describe('Newest checkpoints to keep; the best model is kept besides, in best/.'),
    device: z
      .enum(DEVICE_CHOICES)
      .default('auto')
      .describe('Where to compute; auto takes the fastest device there is.'),
    precision: z
      .enum(PRECISIONS)
      .default('auto')
      .describe(
        'Of matrix products: fp16 is faster where a GPU has it; auto takes it there if losses and gradients of the first micro-batches agree with fp32. The CPU computes in fp32.',
      ),
  };
}
