/** What a run of a sweep came to, read from its own folder. */

import { readJsonObject } from '../../checkpoint/json.js';
import { openRun } from '../../checkpoint/runFolder.js';
import { hasCode } from '../../protocol/errors.js';
import type { RunEvent } from '../../protocol/events.js';
import type { RunState } from '../../protocol/runState.js';

/** The scores of a run by name, as its metrics have them. */
export type Metrics = Readonly<Record<string, number>>;

/** A run that has ended for good. */
export interface Ended {
  /** `failed`: its loss was no number any more. */
  status: 'finished' | 'failed';
  /** Of the best scoring on dev; null where it was never scored. */
  dev: Metrics | null;
  /** Of the best weights, where the config has a test set. */
  test: Metrics | null;
  /** Whole or part of epochs at the best scoring. */
  bestEpoch: number | null;
  /** Spent in steps. */
  seconds: number;
}

/** A run as it lies on the disk. */
export interface Found {
  /** Its settings, defaults included. */
  config: Readonly<Record<string, unknown>>;
  /** Null while it is not over. */
  ended: Ended | null;
}

/** The run in `folder`; null where there is none. Throws the errors of reading. */
export async function findRun(folder: string): Promise<Found | null> {
  const run = await openRun(folder).catch((error: unknown) => {
    if (hasCode(error, 'runNotFound')) return null;
    throw error;
  });
  const state = (await run?.readState()) as RunState | null | undefined;
  if (!run || !state) return null;
  const hasDiverged = state.status === 'failed' && state.error?.code === 'lossNotFinite';
  const isOver = hasDiverged || (state.status === 'finished' && (await hasModel(run.finalFolder)));
  return {
    config: run.config,
    ended: isOver ? endedBy((await run.readMetrics()) as unknown as RunEvent[], hasDiverged) : null,
  };
}

async function hasModel(folder: string): Promise<boolean> {
  return await readJsonObject(`${folder}/config.json`).then(
    () => true,
    () => false,
  );
}

function endedBy(all: readonly RunEvent[], hasDiverged: boolean): Ended {
  const scorings = all.flatMap((event) => (event.type === 'evaluated' ? [event] : []));
  const best = scorings.filter(({ split, best }) => split === 'dev' && best).at(-1);
  const test = scorings.filter(({ split }) => split === 'test').at(-1);
  const seconds = all.reduce((sum, event) => sum + (event.type === 'step' ? (event.seconds ?? 0) : 0), 0);
  return {
    status: hasDiverged ? 'failed' : 'finished',
    dev: best?.metrics ?? null,
    test: test?.metrics ?? null,
    bestEpoch: best?.epoch ?? null,
    seconds,
  };
}
