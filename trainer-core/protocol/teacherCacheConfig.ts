/** Teacher predictions that are worked out once, kept on the disk, and read in every epoch: the settings, and what they go together with. */

import * as z from 'zod';
import { impossible } from './configChecks.js';
import type { LOSS_WEIGHT_KEYS } from './lossConfig.js';
import { isOff, type Scheduled } from './scheduled.js';

/** The cache fields. */
export const teacherCacheFields = {
  teacherTopK: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Work out the teacher's predictions once, before the first step, and keep so many of the most probable pieces of each row on the disk; the CE loss reads them in every epoch and the teacher is not run again. Each sequence then has the same pieces hidden in every epoch. null: run the teacher at every step.",
    ),
  teacherCacheMasks: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'With teacherTopK: so many times are the pieces to hide drawn anew; the epochs take turns, and the cache is so many times as large.',
    ),
};

type Config = Record<(typeof LOSS_WEIGHT_KEYS)[number] | 'temperature', Scheduled> & { teacherTopK: number | null };

/** Losses that read of the teacher what the cache does not hold. */
const UNCACHED = ['alphaMse', 'alphaCos', 'alphaHidden', 'alphaAttention', 'alphaRelation'] as const;

/** Reports a cache together with what it cannot serve. */
export function checkTeacherCache(config: Config, context: z.core.$RefinementCtx<unknown>): void {
  if (config.teacherTopK === null) return;
  const uncached = UNCACHED.filter((key) => !isOff(config[key]));
  if (uncached.length > 0) impossible(context, 'cache-holds-predictions-only', ['teacherTopK', ...uncached]);
  if (isOff(config.alphaCe)) impossible(context, 'cache-without-ce', ['teacherTopK', 'alphaCe']);
  if (!isOff(config.alphaClm)) impossible(context, 'cache-of-next-pieces', ['teacherTopK', 'alphaClm']);
  if (typeof config.temperature !== 'number')
    impossible(context, 'cache-has-one-temperature', ['teacherTopK', 'temperature']);
}
