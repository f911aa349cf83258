/** The losses of a distillation: those of Hugging Face's `distiller.py` (Sanh et al. 2019), and others that compare what lies inside of the models. */

import * as z from 'zod';
import type { LossName } from './events.js';
import type { Scheduled } from './scheduled.js';

/** A number, or two: the value moves from the first to the second over the steps of the run. */
const scheduled = (number: z.ZodNumber, value: number, words: string) =>
  z
    .union([number, z.array(number).length(2)])
    .default(value)
    .describe(words);

const lossWeight = (value: number, words: string) => scheduled(z.number().min(0), value, words);

/** The weights, temperature and layers of the losses. A weight or the temperature may be two numbers. */
export const lossFields = {
  alphaCe: lossWeight(
    5,
    "Weight of the difference from the teacher's softened predictions (Hinton et al. 2015). This and every other weight: one number, or two for the first step and the last, with a straight line between.",
  ),
  alphaMlm: lossWeight(2, 'Weight of the masked-language-model loss.'),
  alphaClm: lossWeight(0, 'Weight of the next-piece loss; not together with alphaMlm.'),
  alphaMse: lossWeight(0, "Weight of the squared difference from the teacher's logits."),
  alphaCos: lossWeight(1, "Weight of 1 - cosine between the two models' last hidden states."),
  temperature: scheduled(
    z.number().gt(0),
    2,
    'Softens both predictions in the CE loss; two numbers: at the first step and at the last.',
  ),
  restrictCeToMask: z
    .boolean()
    .default(false)
    .describe('Take CE and MSE only at the masked pieces, instead of at every piece.'),
  alphaHidden: lossWeight(
    0,
    'Weight of the squared difference between hidden states, of the embeddings and of matched layers (TinyBERT, Jiao et al. 2020).',
  ),
  alphaAttention: lossWeight(
    0,
    'Weight of the squared difference between attention scores of matched layers, before softmax (TinyBERT); both models need as many heads.',
  ),
  matchedLayers: z
    .array(z.int().min(0))
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "For alphaHidden and alphaAttention: the teacher's layer, counted from 0, for each layer of the student; null: uniformly (1 3 5 7 9 11 for 12 to 6).",
    ),
  alphaRelation: lossWeight(
    0,
    "Weight of the difference between the self-attention relations of queries, keys and values, of the student's last layer (MiniLMv2, Wang et al. 2021); widths and heads may differ.",
  ),
  relationHeads: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Heads that queries, keys and values are cut into for alphaRelation; must divide both hidden sizes; null: a sixteenth of the teacher's hidden size (48 for 768, 64 for 1,024).",
    ),
  teacherRelationLayer: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      "The teacher's layer for alphaRelation, counted from 0; null: the last of up to 12, else an upper middle one (20 of 24).",
    ),
};

/** A loss of a language model. */
type LanguageModelLoss = Exclude<LossName, 'labels'>;

/** The settings with the weight of each loss. */
const LOSS_WEIGHTS = {
  ce: 'alphaCe',
  mlm: 'alphaMlm',
  clm: 'alphaClm',
  mse: 'alphaMse',
  cos: 'alphaCos',
  hidden: 'alphaHidden',
  attention: 'alphaAttention',
  relation: 'alphaRelation',
} as const satisfies Record<LanguageModelLoss, keyof typeof lossFields>;

export const LOSS_WEIGHT_KEYS = Object.values(LOSS_WEIGHTS);

/** The weights by the names of the losses. */
export function lossWeights(
  config: Readonly<Record<(typeof LOSS_WEIGHT_KEYS)[number], Scheduled>>,
): Record<LanguageModelLoss, Scheduled> {
  const entries = Object.entries(LOSS_WEIGHTS).map(([name, key]) => [name, config[key]]);
  return Object.fromEntries(entries) as Record<LanguageModelLoss, Scheduled>;
}
