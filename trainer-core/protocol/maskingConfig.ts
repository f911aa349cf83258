/** How pieces are hidden for masked language modelling, as in `prepare_batch_mlm` of Hugging Face's distiller. */

import * as z from 'zod';

/** The masking fields. The three proportions must sum to 1. */
export const maskingFields = {
  mlmMaskProp: z.number().gt(0).max(1).default(0.15).describe('Part of the pieces to predict, drawn anew each time.'),
  wordMask: z.number().min(0).max(1).default(0.8).describe('Of the pieces to predict: the part replaced by [MASK].'),
  wordKeep: z.number().min(0).max(1).default(0.1).describe('Of the pieces to predict: the part left as it is.'),
  wordRand: z.number().min(0).max(1).default(0.1).describe('Of the pieces to predict: the part replaced at random.'),
  mlmSmoothing: z
    .number()
    .min(0)
    .max(10)
    .default(0.7)
    .describe('Rare pieces are drawn more often: the chance of a piece is its count to the power of minus this.'),
};

/** The sum of the three proportions when it is not 1 (to within 1e-6), else null. */
export function wrongMaskSum(config: { wordMask: number; wordKeep: number; wordRand: number }): number | null {
  const sum = config.wordMask + config.wordKeep + config.wordRand;
  return Math.abs(sum - 1) > 1e-6 ? sum : null;
}
