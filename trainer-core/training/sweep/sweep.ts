/** Runs a sweep: fine-tunings one after another, each an ordinary run folder, so that a killed or stopped sweep goes on where it was. */

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { atomicFile } from '../../checkpoint/atomicWrite.js';
import { table } from '../../hub/markdown.js';
import { hasCode, TrainerError } from '../../protocol/errors.js';
import { type FinetuneConfig, finetuneConfig } from '../../protocol/finetuneConfig.js';
import { type rankedBy, type SweepSummary, summarize } from './summary.js';
import { type Found, findRun } from './sweepResult.js';
import type { Trial } from './trials.js';

/** One run of a sweep. */
export interface SweepRun {
  trial: Trial;
  seed: number;
  /** Of the run. */
  folder: string;
  config: FinetuneConfig;
}

export interface SweepOptions {
  /** Folder of the runs, `sweep.json` and `sweep.md`. */
  out: string;
  /** In the order in which they are done. */
  runs: readonly SweepRun[];
  metric: ReturnType<typeof rankedBy>;
  /** Replace runs that were made with other settings. */
  fresh: boolean;
  signal: AbortSignal;
  /** Trains one run, which is the `done + 1`st of all; resolves also when it was stopped. */
  train(run: SweepRun, how: { resume: boolean; fresh: boolean }, done: number): Promise<void>;
  /** The comparison as the text of `sweep.md`, as rows of cells under the first. */
  cells(summary: SweepSummary): readonly (readonly string[])[];
}

/** The runs of all combinations and seeds: seed by seed, so that every combination has a score before the second seed begins. */
export function sweepRuns(
  out: string,
  trials: readonly { trial: Trial; config: FinetuneConfig }[],
  seeds: readonly number[],
): SweepRun[] {
  return seeds.flatMap((seed) =>
    trials.map(({ trial, config }) => ({
      trial,
      seed,
      folder: join(out, `${trial.name}_seed-${seed}`),
      config: { ...config, seed },
    })),
  );
}

/**
 * Does the runs that are not over yet, and writes the comparison after each. A run whose loss was no number any more counts as failed,
 * and the others go on. When `signal` is aborted, what is done so far is given.
 * Throws `sweepRunDiffers` before anything is trained, and what training throws.
 */
export async function sweep(options: SweepOptions): Promise<SweepSummary> {
  const { out, runs, metric, fresh, signal } = options;
  const found = new Map<SweepRun, Found | null>();
  for (const run of runs) {
    const before = await findRun(run.folder);
    const keys = before === null ? [] : differences(before, run.config);
    if (keys.length > 0 && !fresh) throw new TrainerError('sweepRunDiffers', { folder: run.folder, keys });
    found.set(run, keys.length > 0 ? null : before);
  }
  const trials = [...new Set(runs.map(({ trial }) => trial))];
  const summary = () =>
    summarize(
      metric,
      runs.length,
      trials.map((trial) => ({
        trial,
        ended: runs.filter((run) => run.trial === trial).flatMap((run) => found.get(run)?.ended ?? []),
      })),
    );
  const save = async (): Promise<SweepSummary> => {
    const now = summary();
    const [head = [], ...rows] = options.cells(now);
    await atomicFile(join(out, 'sweep.json'), `${JSON.stringify(now, null, 2)}\n`);
    await atomicFile(join(out, 'sweep.md'), `${table(head, rows)}\n`);
    return now;
  };
  for (const run of runs) {
    if (signal.aborted) break;
    const before = found.get(run) ?? null;
    if (before?.ended) continue;
    const resume = before !== null;
    try {
      await options.train(run, { resume, fresh: fresh && !resume }, summary().done);
    } catch (error) {
      if (!hasCode(error, 'lossNotFinite')) throw error;
    }
    found.set(run, await findRun(run.folder));
    if (found.get(run)?.ended) await save();
  }
  return await save();
}

/** The settings in which a run differs from what is wanted. */
function differences({ config }: Found, wanted: FinetuneConfig): string[] {
  // Settings that are newer than the run had their default value then.
  const had = finetuneConfig.safeParse(config).data ?? config;
  const keys = new Set([...Object.keys(had), ...Object.keys(wanted)]);
  const plain = JSON.parse(JSON.stringify(wanted)) as Record<string, unknown>;
  return [...keys].filter((key) => !isDeepStrictEqual((had as Record<string, unknown>)[key], plain[key]));
}
