/** The settings of a distillation run (`*.distill.json`): Sanh et al. 2019, with the names and behaviour of Hugging Face's `distiller.py`. */

import * as z from 'zod';
import { architectureConfig } from './architectureConfig.js';
import { checkCorpusBounds, checkHeads, checkMasking, impossible } from './configChecks.js';
import { corpusConfigFields } from './corpusConfig.js';
import { DEVICE_CHOICES } from './devices.js';
import { LOSS_WEIGHT_KEYS, lossFields } from './lossConfig.js';
import { maskingFields } from './maskingConfig.js';
import { optimizerFields } from './optimizerConfig.js';
import { runFields } from './runConfig.js';
import { isOff } from './scheduled.js';
import { checkTeacherCache, teacherCacheFields } from './teacherCacheConfig.js';
import { validationFields } from './validationConfig.js';

/** Names for which of the teacher's layers a student starts from. */
export const LAYER_CHOICES = ['spread', 'alternate', 'first', 'last'] as const;
export type LayerChoice = (typeof LAYER_CHOICES)[number];

/** How a teacher's linear layers compute; see docs/distillation.md. */
export const TEACHER_PRECISIONS = ['fp32', 'fp16', 'int8'] as const;
export type TeacherPrecision = (typeof TEACHER_PRECISIONS)[number];

/**
 * A distillation. The optimiser's defaults are `distiller.py`'s; the weights of the losses are those that DistilBERT-base-jp was made with
 * (5·CE + 2·MLM + 1·cosine), and `logSteps`/`checkpointSteps` are its 500 and 4,000 micro-batches counted in optimiser steps.
 */
export const distillConfig = z
  .strictObject({
    teacher: z
      .string()
      .min(1)
      .meta({ path: true })
      .describe('Folder of the teacher: a BERT, RoBERTa or DistilBERT with its masked-LM head and a vocab.txt.'),
    teacherPrecision: z
      .enum(TEACHER_PRECISIONS)
      .default('fp32')
      .describe(
        "Of the teacher's linear layers: int8 holds their weights in a byte each and multiplies in 8 bits, which is faster and less exact; fp16 holds them in two, on a GPU that has half precision.",
      ),
    teacherDevice: z
      .enum(DEVICE_CHOICES)
      .nullable()
      .default(null)
      .describe(
        "Where the teacher computes, if not where the student does; null: on the student's device, or in int8 on the CPU, which alone multiplies so.",
      ),
    student: z
      .union([z.string().min(1).meta({ path: true }), architectureConfig])
      .prefault({})
      .describe('Folder of a DistilBERT to go on from, or the shape of a new one.'),
    studentInit: z
      .enum(['teacher-layers', 'random'])
      .default('teacher-layers')
      .describe(
        "A new student starts from some of the teacher's layers, its embeddings and its head, which takes the same sizes; or from random weights.",
      ),
    teacherLayers: z
      .union([z.array(z.int().min(0)).min(1), z.enum(LAYER_CHOICES)])
      .nullable()
      .default('spread')
      .describe(
        "The teacher's layers to start from, counted from 0; or by name, here for 12 to 6: spread 0 2 4 7 9 11, alternate 0 2 4 6 8 10, first 0 1 2 3 4 5, last 6 7 8 9 10 11; null: spread.",
      ),
    initializerRange: z
      .number()
      .gt(0)
      .max(1)
      .nullable()
      .default(null)
      .describe("Standard deviation of a new student's random weights; null: as the teacher's config has it."),
    ...corpusConfigFields({ longest: 512 }),
    ...lossFields,
    ...teacherCacheFields,
    ...maskingFields,
    wholeWordMasking: z
      .boolean()
      .default(true)
      .describe('Mask all pieces of a word together, as bert-base-japanese-whole-word-masking learned.'),
    freezePositionEmbeddings: z
      .boolean()
      .default(false)
      .describe("Leave the student's position embeddings as they are."),
    freezeTokenTypeEmbeddings: z
      .boolean()
      .default(false)
      .describe("Leave the student's token type embeddings as they are; a BERT has them, a DistilBERT does not."),
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
    ...validationFields,
    ...runFields({ numEpochs: 3, seed: 56, logSteps: 10, checkpointSteps: 80 }),
  })
  .superRefine((config, context) => {
    checkMasking(config, context);
    checkCorpusBounds(config.corpusSettings, config.maxSeqLength, ['corpusSettings'], context);
    if (typeof config.student === 'object') {
      checkHeads(config.student, ['student'], context);
      // A new student is a DistilBERT.
      if (config.freezeTokenTypeEmbeddings)
        impossible(context, 'no-token-types', ['freezeTokenTypeEmbeddings', 'student']);
    }
    if (LOSS_WEIGHT_KEYS.every((key) => isOff(config[key]))) impossible(context, 'no-loss', LOSS_WEIGHT_KEYS);
    if (!isOff(config.alphaMlm) && !isOff(config.alphaClm))
      impossible(context, 'mlm-and-clm', ['alphaMlm', 'alphaClm']);
    checkTeacherCache(config, context);
  });

/** A checked distillation config with every default filled in. */
export type DistillConfig = z.output<typeof distillConfig>;
/** What a `*.distill.json` may hold. */
export type DistillConfigInput = z.input<typeof distillConfig>;
