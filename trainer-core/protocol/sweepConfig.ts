/** The settings of a sweep (`*.sweep.json`): which settings of a fine-tuning are varied, and how (Bergstra & Bengio 2012 on grid and random search). */

import * as z from 'zod';
import { impossible } from './configChecks.js';
import { finetuneConfig } from './finetuneConfig.js';

/** Drawn between two numbers. */
const range = z.strictObject({
  from: z.number().describe('The least value.'),
  to: z.number().describe('The greatest value.'),
  scale: z
    .enum(['linear', 'log'])
    .default('linear')
    .describe('log: each order of magnitude is as likely as any other; both ends must be above 0.'),
});
export type SweepRange = z.output<typeof range>;

/** What is trained on stays the same, and seeds have a list of their own. */
const { train: _, dev: __, test: ___, seed, ...varied } = finetuneConfig.shape;

/** Every setting that can be varied, with what `of` makes of it. */
function eachSetting<T extends z.ZodType>(of: (field: z.ZodType) => T): Record<string, z.ZodOptional<T>> {
  return Object.fromEntries(
    Object.entries(varied).map(([key, field]) => [
      key,
      of(field)
        .optional()
        .describe(field.description ?? ''),
    ]),
  );
}

const values = (field: z.ZodType) => z.array(field).min(1);

/** A sweep. Every combination is trained once with each seed. */
export const sweepConfig = z
  .strictObject({
    base: z.string().min(1).meta({ path: true }).describe('The *.finetune.json whose settings are varied.'),
    grid: z
      .strictObject(eachSetting(values))
      .nullable()
      .default(null)
      .meta({ fileOnly: true })
      .describe('Lists of values by the name of the setting; every combination of them is tried.'),
    random: z
      .strictObject(eachSetting((field) => z.union([values(field), range])))
      .nullable()
      .default(null)
      .meta({ fileOnly: true })
      .describe('Lists of values, or from and to, by the name of the setting; they are drawn anew for each trial.'),
    trials: z.int().min(1).default(8).describe('How many combinations are drawn for random.'),
    drawSeed: z.int().min(0).max(0xffffffff).default(0).describe('Of what is drawn for random.'),
    seeds: z.array(seed.unwrap()).min(1).default([42]).describe('Each combination is trained once with each of these.'),
  })
  .superRefine(({ grid, random }, context) => {
    if ((grid === null) === (random === null)) impossible(context, 'grid-or-random', ['grid', 'random']);
    for (const [key, drawn] of Object.entries(random ?? {})) {
      if (drawn === undefined || Array.isArray(drawn)) continue;
      const { from, to, scale } = drawn as SweepRange;
      if (from > to || (scale === 'log' && from <= 0)) impossible(context, 'empty-range', [`random.${key}`]);
    }
  });

/** A checked sweep config with every default filled in. */
export type SweepConfig = z.output<typeof sweepConfig>;
/** What a `*.sweep.json` may hold. */
export type SweepConfigInput = z.input<typeof sweepConfig>;
