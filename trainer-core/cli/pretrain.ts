/** `pretrain`: a model from random weights and text. */

import { runPretrain } from '../training/pretrain.js';
import { PLANS } from './plans.js';
import { trainingCommand } from './training.js';

/** Pre-trains by a config file or by flags alone. */
export const pretrain = trainingCommand('pretrain', '--config FILE.json --out DIR', PLANS.pretrain, runPretrain);
