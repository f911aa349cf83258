/** What a run will cost, for people and for the decision whether it fits. */

import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import { size } from '../messages/words.js';
import { TrainerError } from '../protocol/errors.js';
import type { Estimate } from '../protocol/jobs.js';
import { estimateRun } from '../training/estimate.js';
import type { CommandContext } from './command.js';
import { showJob } from './jobProgress.js';
import { duration, grouped, short } from './numbers.js';
import type { Planned } from './plans.js';
import { displayWidth, padEnd, padStart, wrap } from './width.js';

/** Times a few steps of what is planned, and shows what it will cost. `availableBytes`: of memory; default: what there is. */
export async function showEstimate(
  context: CommandContext,
  { config, prepare }: Planned,
  availableBytes?: number,
): Promise<Estimate> {
  const { signal, language } = context;
  const options = { signal, ...(availableBytes === undefined ? {} : { availableBytes }) };
  return await showJob(
    context,
    (onStage) => estimateRun(prepare, config, { ...options, onStage }),
    (result) => estimateText(result, language),
  );
}

/** Throws `costTooHigh` when memory, or the disk that `folder` is or will be on, cannot hold a run. */
export async function checkCosts(figures: Estimate, folder: string): Promise<void> {
  const { objective, memoryBytes, availableBytes, diskBytes } = figures;
  const refuse = (what: 'memory' | 'disk', neededBytes: number, free: number) =>
    new TrainerError('costTooHigh', { what, objective, folder, neededBytes, availableBytes: free });
  if (availableBytes !== null && memoryBytes > availableBytes) throw refuse('memory', memoryBytes, availableBytes);
  const free = await freeDisk(folder);
  if (diskBytes > free) throw refuse('disk', diskBytes, free);
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
function estimateText(figures: Estimate, language: Language): string {
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
    ...(figures.teacherCacheBytes === null
      ? []
      : [[words.teacherCache, size(figures.teacherCacheBytes)] satisfies [string, string]]),
    [words.available, figures.availableBytes === null ? '?' : size(figures.availableBytes)],
    [words.device, figures.device],
  ];
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => displayWidth(row[column])));
  const lines = rows.map(([name, value]) => `${padEnd(name, width(0))}  ${padStart(value, width(1))}`);
  return [...lines, ...(figures.extrapolated ? wrap(words.extrapolated, 80) : [])].join('\n');
}
