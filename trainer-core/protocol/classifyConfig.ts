/** How a classifier reads texts and how its answers are told: the settings of `classify` and `explain`. */

import * as z from 'zod';
import { EXPLANATION_METHODS } from './explanation.js';
import { type AsTrained, asTrainedFields, cutOptions } from './labelledDataConfig.js';

const readingFields = {
  ...asTrainedFields,
  batchSize: z.int().min(1).default(32).describe('Sequences in a batch.'),
};

/** The settings of `classify`. */
export const classifyConfig = z.strictObject({
  top: z.int().min(1).nullable().default(null).describe('Tell so many of the likeliest labels besides; null: none.'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('Below this probability the answer is "unsure": no label; null: never.'),
  pairs: z.boolean().default(false).describe('A line is two texts with a tab between, for a model of pairs.'),
  precision: z
    .enum(['fp32', 'fp16'])
    .default('fp32')
    .describe('Of weights and matrix products; fp16 takes half the memory, on a GPU that has half precision.'),
  ...readingFields,
});

/** The settings of `explain`. */
export const explainConfig = z.strictObject({
  method: z
    .enum(EXPLANATION_METHODS)
    .default('occlusion')
    .describe('Mask each word in turn; gradient × embedding; or gradients averaged along the way from masked text.'),
  label: z.string().min(1).nullable().default(null).describe('The label to explain; null: the likeliest.'),
  steps: z.int().min(1).default(32).describe('Points of integrated gradients: more bring the sum nearer.'),
  ...readingFields,
});

/** The part of a classifier's options that these settings say. */
export function readingOptions({ batchSize, ...cut }: AsTrained & { batchSize: number }) {
  return { batchSize, ...cutOptions(cut) };
}
