/** What each objective's settings are, and how its task is made of them: for the run, and for telling what it will cost. */

import type { z } from 'zod';
import { distillConfig } from '../protocol/distillConfig.js';
import type { Objective } from '../protocol/events.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { pretrainConfig } from '../protocol/pretrainConfig.js';
import { firstPart } from '../training/corpusSource.js';
import { distillTask } from '../training/distill.js';
import { classificationTask } from '../training/finetune.js';
import { pretrainTask } from '../training/pretrain.js';
import type { LoopSettings, PreparedTask } from '../training/task.js';
import { loadConfig, type Setting } from './configOptions.js';

/** How a task is made with about so many bytes of its text. `place`: where the config stands, for errors. */
type Prepare<C> = (config: C, place: string, limitBytes: number, signal: AbortSignal) => Promise<PreparedTask>;

/** A config's own settings, and how its task is made with about so many bytes of text. */
export interface Planned<C extends LoopSettings = LoopSettings> {
  config: C;
  prepare(limitBytes: number): Promise<PreparedTask>;
}

/** An objective's schema, and its settings checked, from a file and from flags. */
export interface Plan<S extends z.ZodType<LoopSettings> = z.ZodType<LoopSettings>> {
  schema: S;
  /** `place`: where the config stands when there is no file. Throws what `loadConfig` throws. */
  load(
    file: string | undefined,
    settings: readonly Setting[],
    from: { command: string; place?: string; signal: AbortSignal },
  ): Promise<Planned<z.output<S>>>;
}

function plan<S extends z.ZodType<LoopSettings>>(schema: S, prepare: Prepare<z.output<S>>): Plan<S> {
  return {
    schema,
    async load(file, settings, { command, place = '', signal }) {
      const config = await loadConfig(schema, file, settings, command);
      return { config, prepare: (limitBytes) => prepare(config, file ?? place, limitBytes, signal) };
    },
  };
}

/** By the name of the command that trains for it. */
export const PLANS = {
  distill: plan(distillConfig, (config, place, limitBytes, signal) =>
    distillTask(config, place, firstPart(limitBytes, signal), undefined, { signal }),
  ),
  finetune: plan(finetuneConfig, (config, place, limitBytes, signal) =>
    classificationTask(config, place, { limitBytes, signal }),
  ),
  pretrain: plan(pretrainConfig, (config, place, limitBytes, signal) =>
    pretrainTask(config, place, firstPart(limitBytes, signal), { signal }),
  ),
} satisfies Record<Objective, unknown>;
