/** The settings of a pre-training run (`*.pretrain.json`): masked language modelling from random weights, Devlin et al. 2019. */

import * as z from 'zod';
import { architectureConfig } from './architectureConfig.js';
import { checkCorpusBounds, checkHeads, checkMasking } from './configChecks.js';
import { corpusConfigFields } from './corpusConfig.js';
import { maskingFields } from './maskingConfig.js';
import { optimizerFields } from './optimizerConfig.js';
import { runFields } from './runConfig.js';
import { validationFields } from './validationConfig.js';

/** A pre-training. It learns from the same kind of corpus and masks in the same way as a distillation does. */
export const pretrainConfig = z
  .strictObject({
    model: z
      .union([z.string().min(1).meta({ path: true }), architectureConfig])
      .prefault({})
      .describe('Folder of a model to go on from, or the shape of a new one.'),
    modelType: z.enum(['bert', 'distilbert']).default('bert').describe('The family of a new model.'),
    vocab: z.string().min(1).meta({ path: true }).describe('vocab.txt of the new model: one piece a line.'),
    ...corpusConfigFields({ longest: 128 }),
    ...maskingFields,
    wholeWordMasking: z.boolean().default(true).describe('Mask all pieces of a word together.'),
    dropout: z.number().min(0).lt(1).default(0.1).describe('Dropout while training.'),
    groupByLength: z.boolean().default(true).describe('Put sequences of like length into a batch.'),
    ...optimizerFields({
      batchSize: 32,
      gradientAccumulationSteps: 1,
      learningRate: 5e-4,
      adamEpsilon: 1e-6,
      adamBeta2: 0.98,
      warmupProportion: 0.05,
      maxGradNorm: 1,
    }),
    ...validationFields,
    ...runFields({ numEpochs: 1, seed: 42, logSteps: 10, checkpointSteps: 500 }),
  })
  .superRefine((config, context) => {
    checkMasking(config, context);
    checkCorpusBounds(config.corpusSettings, config.maxSeqLength, ['corpusSettings'], context);
    if (typeof config.model === 'object') checkHeads(config.model, ['model'], context);
  });

/** A checked pre-training config with every default filled in. */
export type PretrainConfig = z.output<typeof pretrainConfig>;
/** What a `*.pretrain.json` may hold. */
export type PretrainConfigInput = z.input<typeof pretrainConfig>;
