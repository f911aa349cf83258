/** `distill`: a student from a teacher and text. */

import { distillConfig } from '../protocol/distillConfig.js';
import { firstPart } from '../training/corpusSource.js';
import { distillTask, runDistill } from '../training/distill.js';
import { trainingCommand } from './training.js';

/** Distils by a config file or by flags alone. */
export const distill = trainingCommand(
  'distill',
  '--config FILE.json --out DIR',
  distillConfig,
  runDistill,
  (config, place, limitBytes, signal) => distillTask(config, place, firstPart(limitBytes, signal)),
);
