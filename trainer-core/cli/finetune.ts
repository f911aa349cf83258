/** `finetune`: a classifier from a model and labelled text. */

import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { classificationTask, runFinetune } from '../training/finetune.js';
import { trainingCommand } from './training.js';

/** Fine-tunes by a config file or by flags alone. */
export const finetune = trainingCommand(
  'finetune',
  '--train FILE.tsv --dev FILE.tsv --model DIR --out DIR',
  finetuneConfig,
  runFinetune,
  classificationTask,
);
