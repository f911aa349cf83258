/** `distill`: a student from a teacher and text. */

import { runDistill } from '../training/distill.js';
import { PLANS } from './plans.js';
import { trainingCommand } from './training.js';

/** Distils by a config file or by flags alone. */
export const distill = trainingCommand('distill', '--config FILE.json --out DIR', PLANS.distill, runDistill);
