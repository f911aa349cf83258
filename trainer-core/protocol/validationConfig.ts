/** How pre-training and distillation are scored while they go: on sequences held out from training, hidden in the same way each time. */

import * as z from 'zod';

/** The validation fields. */
export const validationFields = {
  validationSequences: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'Sequences held out from training to score the model on, drawn by the seed, at most a tenth of the corpus; the best model by their masked-LM loss is the final one. 0: no validation.',
    ),
  evaluationSteps: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Optimiser steps between two scorings; null: at the end of each epoch.'),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Stop after this many scorings without a better one; null: never.'),
};
