/** How the model in a run's folder came about, read from the run's own files. */
import { basename, dirname, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../checkpoint/json.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import { openRun } from '../checkpoint/runFolder.js';
import { hasCode } from '../protocol/errors.js';
import { flatSettings } from '../protocol/flatSettings.js';

/** What a run's files tell of the model it made. */
export interface RunOrigin {
  /** `pretrain`, `distill` or `finetune`. */
  objective: string;
  /** The run folder's name. */
  run: string;
  /** What it read, by setting: the names of files and folders without where they lay. */
  data: [key: string, names: string][];
  /** Every other setting that has a value. */
  settings: [key: string, value: string][];
  /** Optimiser steps and epochs done. */
  steps: number | null;
  epochs: number | null;
  /** Mean losses at the last report, by name. */
  losses: [name: string, value: number][];
  /** Scores by name: the best on dev, the last on test. */
  dev: [name: string, value: number][];
  test: [name: string, value: number][];
}

/** The settings that hold paths. */
const PATHS = ['teacher', 'corpus', 'model', 'vocab', 'train', 'dev', 'test'];

/** The run that `folder` lies in, or null when it lies in none. Throws for a run whose config cannot be read. */
export async function runOrigin(folder: string): Promise<RunOrigin | null> {
  const parent = dirname(resolve(folder));
  const run = await openRun(parent).catch((error: unknown) => {
    if (hasCode(error, 'runNotFound')) return null;
    throw error;
  });
  const objective = (await run?.readState())?.objective;
  if (!run || typeof objective !== 'string') return null;
  const metrics = await run.readMetrics();
  const last = (isIt: (record: MetricsRecord) => boolean) => metrics.findLast(isIt);
  const step = last(({ type }) => type === 'step');
  const dev = last(({ type, split, best }) => type === 'evaluated' && split === 'dev' && best === true);
  const test = last(({ type, split }) => type === 'evaluated' && split === 'test');
  const isPath = ([key, value]: [string, JsonValue]) => PATHS.includes(key) && !isJsonObject(value);
  const entries = Object.entries(run.config).filter(([, value]) => value !== null);
  return {
    objective,
    run: basename(parent),
    data: entries.filter(isPath).map(([key, value]) => [key, [value].flat().map(String).map(plainName).join(', ')]),
    settings: flatSettings(Object.fromEntries(entries.filter((entry) => !isPath(entry))))
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : String(value)]),
    steps: step?.globalStep ?? null,
    epochs: typeof step?.epoch === 'number' ? step.epoch : null,
    losses: numbersOf(step?.losses),
    dev: numbersOf(dev?.metrics),
    test: numbersOf(test?.metrics),
  };
}

/** A path's last part; with the part before it where every run has the same. Where someone keeps their files is nobody's business. */
export function plainName(path: string): string {
  const name = basename(path);
  return name === 'final' || name === 'best' ? `${basename(dirname(resolve(path)))}/${name}` : name;
}

function numbersOf(value: JsonObject[string] | undefined): [string, number][] {
  return Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, number]) =>
    typeof number === 'number' ? [[name, number] as [string, number]] : [],
  );
}
