/** `finetune`: a classifier from a model and labelled text. */

import { runFinetune } from '../training/finetune.js';
import { PLANS } from './plans.js';
import { trainingCommand } from './training.js';

/** Fine-tunes by a config file or by flags alone. */
export const finetune = trainingCommand(
  'finetune',
  '--train PATH [--dev PATH] --model DIR --out DIR',
  PLANS.finetune,
  runFinetune,
);
