/** `estimate`: what a run will cost, before it is started. */

import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import { size } from '../messages/words.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { TrainerError } from '../protocol/errors.js';
import type { Objective } from '../protocol/events.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import type { Estimate } from '../protocol/jobs.js';
import { pretrainConfig } from '../protocol/pretrainConfig.js';
import { DEVICES } from '../protocol/runConfig.js';
import { firstPart } from '../training/corpusSource.js';
import { distillTask } from '../training/distill.js';
import { estimateRun } from '../training/estimate.js';
import { classificationTask } from '../training/finetune.js';
import { pretrainTask } from '../training/pretrain.js';
import type { LoopSettings, PreparedTask } from '../training/task.js';
import { type CommandContext, defineCommand } from './command.js';
import { loadConfig, type Setting } from './configOptions.js';
import { showJob } from './jobProgress.js';
import { duration, grouped, short } from './numbers.js';
import { displayWidth, padEnd, padStart, wrap } from './width.js';

const wanted = z.strictObject({
  objective: z.enum(['distill', 'finetune', 'pretrain']).describe('What the config is for.'),
});

/** A config's own settings, and how its task is made with about so many bytes of text. */
interface Planned {
  config: LoopSettings;
  prepare(limitBytes: number): Promise<PreparedTask>;
}

const PLANS: Record<Objective, (file: string, settings: Setting[], signal: AbortSignal) => Promise<Planned>> = {
  async distill(file, settings, signal) {
    const config = await loadConfig(distillConfig, file, settings, 'estimate');
    return { config, prepare: (limitBytes) => distillTask(config, file, firstPart(limitBytes, signal)) };
  },
  async finetune(file, settings) {
    const config = await loadConfig(finetuneConfig, file, settings, 'estimate');
    return { config, prepare: (limitBytes) => classificationTask(config, file, limitBytes) };
  },
  async pretrain(file, settings, signal) {
    const config = await loadConfig(pretrainConfig, file, settings, 'estimate');
    return { config, prepare: (limitBytes) => pretrainTask(config, file, firstPart(limitBytes, signal)) };
  },
};

/** Reads what a run would read, times a few steps of it, and tells steps, time and memory. Writes nothing to disk. */
export const estimate = defineCommand({
  usage: '--objective distill|finetune|pretrain --config FILE',
  options: {
    config: { type: 'string', value: 'FILE', required: true, meaning: 'JSON file with the settings of the run.' },
    device: {
      type: 'string',
      value: DEVICES.join('|'),
      meaning: 'Where to compute, instead of where the config says.',
    },
  },
  config: wanted,
  async run(context, { config: file, device }, settings) {
    const { objective } = await loadConfig(wanted, undefined, settings, 'estimate');
    const { signal, language } = context;
    const ofDevice = device === undefined ? [] : [{ path: ['device'], value: device }];
    const { config, prepare } = await PLANS[objective](file, ofDevice, signal);
    await showJob(
      context,
      (onStage) => estimateRun(prepare, config, { signal, onStage }),
      (result) => estimateText(result, language),
    );
    return true;
  },
});

/** Shows what a run in `folder` will cost. Throws `costTooHigh` when memory or disk cannot hold it. */
export async function showEstimate(
  context: CommandContext,
  config: LoopSettings,
  prepare: (limitBytes: number) => Promise<PreparedTask>,
  folder: string,
): Promise<void> {
  let figures: Estimate | undefined;
  await showJob(
    context,
    async (onStage) => {
      figures = await estimateRun(prepare, config, { signal: context.signal, onStage });
      return figures;
    },
    (result) => estimateText(result, context.language),
  );
  if (!figures) return;
  const { memoryBytes, availableBytes, diskBytes } = figures;
  if (availableBytes !== null && memoryBytes > availableBytes)
    throw new TrainerError('costTooHigh', { what: 'memory', folder, neededBytes: memoryBytes, availableBytes });
  const free = await freeDisk(folder);
  if (diskBytes > free)
    throw new TrainerError('costTooHigh', { what: 'disk', folder, neededBytes: diskBytes, availableBytes: free });
}

/** Bytes free where `folder` is or will be. */
async function freeDisk(folder: string): Promise<number> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const found = await statfs(place).catch(() => null);
    if (found) return found.bavail * found.bsize;
    if (dirname(place) === place) return Number.POSITIVE_INFINITY;
  }
}

/** The figures as a table of two columns, and what they do not say. */
export function estimateText(figures: Estimate, language: Language): string {
  const words = TERMINAL[language].estimate;
  const rows: [string, string][] = [
    [words.parameters, grouped(figures.parameters)],
    ...(figures.teacherParameters === null
      ? []
      : [[words.teacherParameters, grouped(figures.teacherParameters)] satisfies [string, string]]),
    [words.sequences, grouped(figures.sequences)],
    [words.tokensPerEpoch, grouped(figures.tokensPerEpoch)],
    [words.totalSteps, grouped(figures.totalSteps)],
    [words.secondsPerStep, `${short(figures.secondsPerStep)}s`],
    [words.tokensPerSecond, grouped(figures.tokensPerSecond)],
    [words.time, duration(figures.seconds)],
    [words.memory, size(figures.memoryBytes)],
    [words.weights, size(figures.memoryParts.weights)],
    [words.gradients, size(figures.memoryParts.gradients)],
    [words.moments, size(figures.memoryParts.moments)],
    [words.teacherMemory, size(figures.memoryParts.teacher)],
    [words.rest, size(figures.memoryParts.rest)],
    [words.flops, short(figures.flopsPerStep / 1e9)],
    [words.disk, size(figures.diskBytes)],
    [words.available, figures.availableBytes === null ? '?' : size(figures.availableBytes)],
    [words.device, figures.device],
  ];
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => displayWidth(row[column])));
  const lines = rows.map(([name, value]) => `${padEnd(name, width(0))}  ${padStart(value, width(1))}`);
  return [...lines, ...(figures.extrapolated ? wrap(words.extrapolated, 80) : [])].join('\n');
}
