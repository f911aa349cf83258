/** The settings of a fine-tuning run (`*.finetune.json`): sequence classification as in Hugging Face's `run_glue.py`. */

import * as z from 'zod';
import { checkLongTexts, longTextFields, readingFields, splitFields } from './labelledDataConfig.js';
import { optimizerFields } from './optimizerConfig.js';
import { runFields } from './runConfig.js';
import { checkSoftLabels, softLabelFields } from './softLabelConfig.js';

/** A fine-tuning. The labels are those of the training set, in sorted order. */
export const finetuneConfig = z
  .strictObject({
    model: z.string().min(1).meta({ path: true }).describe('Folder of the BERT or DistilBERT to fine-tune.'),
    train: z
      .string()
      .min(1)
      .meta({ path: true })
      .describe(
        'Labelled texts to learn from: TSV, CSV, JSONL, Parquet, a folder of class folders, or the Livedoor corpus.',
      ),
    dev: z
      .string()
      .min(1)
      .meta({ path: true })
      .nullable()
      .default(null)
      .describe('Labelled texts that choose the best epoch; null: a part of the training set (devPart).'),
    test: z
      .string()
      .min(1)
      .meta({ path: true })
      .nullable()
      .default(null)
      .describe('Labelled texts to score the best epoch on at the end; null: none.'),
    ...readingFields,
    ...splitFields,
    maxSeqLength: z.int().min(3).default(128).describe('Longer texts are cut to this many pieces.'),
    ...longTextFields,
    metric: z.enum(['macro-f1', 'accuracy']).default('macro-f1').describe('What makes an epoch the best on dev.'),
    patience: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Stop after this many epochs without a better one; null: never.'),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe(
        "Dropout while training, in the layers, in attention and before the classifier; null: as the model's config says.",
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'Part of each target that is spread evenly over all classes (Szegedy et al. 2016); one class a text only.',
      ),
    classWeights: z
      .union([z.record(z.string(), z.number().gt(0)), z.enum(['balanced'])])
      .nullable()
      .default(null)
      .describe(
        'What texts of a class count in the loss: "balanced" (texts / (classes · texts of the class)), or a weight by label, 1 where none is given; null: all the same. One class a text only.',
      ),
    layerwiseLrDecay: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe(
        'What the learning rate is multiplied with for each layer further from the head, the embeddings furthest (Clark et al. 2020); 1: every layer learns at the same rate.',
      ),
    ...softLabelFields,
    calibrate: z
      .boolean()
      .default(false)
      .describe(
        "Fit a temperature to dev at the end, so that a classifier's scores say how often it is right; kept in the model's config.json.",
      ),
    groupByLength: z.boolean().default(true).describe('Put texts of like length into a batch.'),
    ...optimizerFields({
      batchSize: 32,
      gradientAccumulationSteps: 1,
      learningRate: 2e-5,
      adamEpsilon: 1e-8,
      adamBeta2: 0.999,
      warmupProportion: 0,
      maxGradNorm: 1,
    }),
    ...runFields({ numEpochs: 3, seed: 42, logSteps: 10, checkpointSteps: null }),
  })
  .superRefine((config, context) => {
    checkLongTexts(config, context);
    checkSoftLabels(config, context);
  });

/** A checked fine-tuning config with every default filled in. */
export type FinetuneConfig = z.output<typeof finetuneConfig>;
/** What a `*.finetune.json` may hold. */
export type FinetuneConfigInput = z.input<typeof finetuneConfig>;
