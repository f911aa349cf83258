/** The settings of AdamW, its schedule and its batches, which the three objectives share. Names follow Hugging Face's `TrainingArguments`. */

import * as z from 'zod';

/** What the objectives do not agree on. */
export interface OptimizerDefaults {
  batchSize: number;
  gradientAccumulationSteps: number;
  learningRate: number;
  adamEpsilon: number;
  adamBeta2: number;
  warmupProportion: number;
  maxGradNorm: number;
}

/** The optimiser's fields, with an objective's own defaults. Decay is decoupled (Loshchilov & Hutter 2019). */
export function optimizerFields(defaults: OptimizerDefaults) {
  return {
    batchSize: z.int().min(1).default(defaults.batchSize).describe('Sequences in a micro-batch.'),
    gradientAccumulationSteps: z
      .int()
      .min(1)
      .default(defaults.gradientAccumulationSteps)
      .describe('Micro-batches whose gradients are averaged before the weights move.'),
    learningRate: z.number().gt(0).max(1).default(defaults.learningRate).describe('The highest learning rate.'),
    adamBeta1: z.number().min(0).lt(1).default(0.9).describe('How much of its first moment AdamW keeps each step.'),
    adamBeta2: z
      .number()
      .min(0)
      .lt(1)
      .default(defaults.adamBeta2)
      .describe('How much of its second moment AdamW keeps each step.'),
    adamEpsilon: z.number().gt(0).max(1).default(defaults.adamEpsilon).describe("AdamW's guard against division by 0."),
    weightDecay: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Decoupled weight decay; names with bias or LayerNorm.weight are left out.'),
    warmupProportion: z
      .number()
      .min(0)
      .max(1)
      .default(defaults.warmupProportion)
      .describe('Part of the steps in which the learning rate rises from 0; it then falls to 0 on a straight line.'),
    maxGradNorm: z
      .number()
      .gt(0)
      .default(defaults.maxGradNorm)
      .describe('Gradients whose global norm is above this are scaled down to it.'),
  };
}
