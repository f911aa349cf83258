/** The settings of a distillation run (`*.distill.json`): Sanh et al. 2019, with the names and behaviour of Hugging Face's `distiller.py`. */

import * as z from 'zod';
import { architectureConfig } from './architectureConfig.js';
import { checkHeads, checkMasking, impossible } from './configChecks.js';
import { corpusConfigFields } from './corpusConfig.js';
import { maskingFields } from './maskingConfig.js';
import { optimizerFields } from './optimizerConfig.js';
import { runFields } from './runConfig.js';

/** The name of the weight of each distillation loss; the loss itself is reported under the lower-case name after `alpha`. */
const LOSS_WEIGHTS = ['alphaCe', 'alphaMlm', 'alphaClm', 'alphaMse', 'alphaCos'] as const;

const lossWeight = (value: number, words: string) => z.number().min(0).default(value).describe(words);

/**
 * A distillation. The optimiser's defaults are `distiller.py`'s; the weights of the losses are those that DistilBERT-base-jp was made with
 * (5·CE + 2·MLM + 1·cosine), and `logSteps`/`checkpointSteps` are its 500 and 4,000 micro-batches counted in optimiser steps.
 */
export const distillConfig = z
  .strictObject({
    teacher: z.string().min(1).meta({ path: true }).describe('Folder of the teacher: a BERT with its masked-LM head.'),
    student: z
      .union([z.string().min(1).meta({ path: true }), architectureConfig])
      .prefault({})
      .describe('Folder of a DistilBERT to go on from, or the shape of a new one.'),
    studentInit: z
      .enum(['teacher-layers', 'random'])
      .default('teacher-layers')
      .describe("A new student starts from some of the teacher's layers, or from random weights."),
    teacherLayers: z
      .array(z.int().min(0))
      .min(1)
      .nullable()
      .default(null)
      .describe("The teacher's layers to start from, counted from 0; null: spread evenly (0 2 4 7 9 11 for 12 to 6)."),
    ...corpusConfigFields({ longest: 512 }),
    alphaCe: lossWeight(5, "Weight of the difference from the teacher's softened predictions."),
    alphaMlm: lossWeight(2, 'Weight of the masked-language-model loss.'),
    alphaClm: lossWeight(0, 'Weight of the next-piece loss; not together with alphaMlm.'),
    alphaMse: lossWeight(0, "Weight of the squared difference from the teacher's logits."),
    alphaCos: lossWeight(1, "Weight of 1 - cosine between the two models' last hidden states."),
    temperature: z.number().gt(0).default(2).describe('Softens both predictions in the CE loss.'),
    restrictCeToMask: z
      .boolean()
      .default(false)
      .describe('Take CE and MSE only at the masked pieces, instead of at every piece.'),
    ...maskingFields,
    wholeWordMasking: z
      .boolean()
      .default(true)
      .describe('Mask all pieces of a word together, as bert-base-japanese-whole-word-masking learned.'),
    freezePositionEmbeddings: z
      .boolean()
      .default(false)
      .describe("Leave the student's position embeddings as they are."),
    dropout: z.number().min(0).lt(1).default(0.1).describe("The student's dropout while it trains."),
    groupByLength: z.boolean().default(true).describe('Put sequences of like length into a batch.'),
    ...optimizerFields({
      batchSize: 5,
      gradientAccumulationSteps: 50,
      learningRate: 5e-4,
      adamEpsilon: 1e-6,
      adamBeta2: 0.98,
      warmupProportion: 0.05,
      maxGradNorm: 5,
    }),
    ...runFields({ numEpochs: 3, seed: 56, logSteps: 10, checkpointSteps: 80 }),
  })
  .superRefine((config, context) => {
    checkMasking(config, context);
    if (typeof config.student === 'object') checkHeads(config.student, ['student'], context);
    if (LOSS_WEIGHTS.every((key) => config[key] === 0)) impossible(context, 'no-loss', [...LOSS_WEIGHTS]);
    if (config.alphaMlm > 0 && config.alphaClm > 0) impossible(context, 'mlm-and-clm', ['alphaMlm', 'alphaClm']);
  });

/** A checked distillation config with every default filled in. */
export type DistillConfig = z.output<typeof distillConfig>;
/** What a `*.distill.json` may hold. */
export type DistillConfigInput = z.input<typeof distillConfig>;
