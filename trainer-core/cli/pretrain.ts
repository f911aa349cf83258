/** `pretrain`: a model from random weights and text. */

import { pretrainConfig } from '../protocol/pretrainConfig.js';
import { firstPart } from '../training/corpusSource.js';
import { pretrainTask, runPretrain } from '../training/pretrain.js';
import { trainingCommand } from './training.js';

/** Pre-trains by a config file or by flags alone. */
export const pretrain = trainingCommand(
  'pretrain',
  '--config FILE.json --out DIR',
  pretrainConfig,
  runPretrain,
  (config, place, limitBytes, signal) => pretrainTask(config, place, firstPart(limitBytes, signal)),
);
