/** How the model in a run's folder came about, read from the run's own files. */
import { basename, dirname, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../checkpoint/json.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import { openRun } from '../checkpoint/runFolder.js';
import { hasCode } from '../protocol/errors.js';
import { flatSettings } from '../protocol/flatSettings.js';
import { hubIdInPath, hubIdOf } from './hubId.js';

/** What a run's files tell of the model it made. */
export interface RunOrigin {
  /** `pretrain`, `distill` or `finetune`. */
  objective: string;
  /** The run folder's name. */
  run: string;
  /** The hub's ids of the models it started from or learned from, as far as they have one. */
  bases: string[];
  /** What it read, by setting: the names of files and folders without where they lay. */
  data: [key: string, names: string][];
  /** Every other setting that has a value, the licence left out. */
  settings: [key: string, value: string][];
  license: string | null;
  /** What it learned from: sequences, and pieces in them. */
  sequences: number | null;
  tokens: number | null;
  /** Optimiser steps and epochs done. */
  steps: number | null;
  epochs: number | null;
  /** Mean losses at the last report, by name. */
  losses: [name: string, value: number][];
  /** Scores by name: the best on dev, the last on test; and what those are called. */
  dev: [name: string, value: number][];
  test: [name: string, value: number][];
  devName: string;
  testName: string;
  /** All its metrics. */
  records: MetricsRecord[];
}

/** The settings that hold paths; those to models come first. */
const MODELS = ['model', 'student', 'teacher'];
export const PATH_SETTINGS: readonly string[] = [...MODELS, 'corpus', 'vocab', 'train', 'unlabelled', 'dev', 'test'];

/** The run that `folder` lies in, or null when it lies in none. Throws for a run whose config cannot be read. */
export async function runOrigin(folder: string): Promise<RunOrigin | null> {
  const parent = dirname(resolve(folder));
  const run = await openRun(parent).catch((error: unknown) => {
    if (hasCode(error, 'runNotFound')) return null;
    throw error;
  });
  const objective = (await run?.readState())?.objective;
  if (!run || typeof objective !== 'string') return null;
  const records = await run.readMetrics();
  const last = (isIt: (record: MetricsRecord) => boolean) => records.findLast(isIt);
  const step = last(({ type }) => type === 'step');
  const started = last(({ type }) => type === 'started');
  const dev = last(({ type, split, best }) => type === 'evaluated' && split === 'dev' && best === true);
  const test = last(({ type, split }) => type === 'evaluated' && split === 'test');
  const { license, ...config } = run.config;
  const isPath = ([key, value]: [string, JsonValue]) => PATH_SETTINGS.includes(key) && !isJsonObject(value);
  const entries = Object.entries(config).filter(([, value]) => value !== null);
  const models = MODELS.flatMap((key) => (typeof config[key] === 'string' ? [config[key]] : []));
  const ids = new Map(await Promise.all(models.map(async (model) => [model, await hubIdOf(model)] as const)));
  const nameAt = (path: string) => ids.get(path) ?? plainName(path);
  const nameOf = (key: string) => (typeof config[key] === 'string' ? plainName(config[key]) : null);
  return {
    objective,
    run: basename(parent),
    bases: models.flatMap((model) => ids.get(model) ?? []),
    data: entries.filter(isPath).map(([key, value]) => [key, [value].flat().map(String).map(nameAt).join(', ')]),
    settings: flatSettings(Object.fromEntries(entries.filter((entry) => !isPath(entry))))
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : String(value)]),
    license: typeof license === 'string' ? license : null,
    sequences: numberOf(started?.sequences),
    tokens: numberOf(started?.tokensPerEpoch),
    steps: step?.globalStep ?? null,
    epochs: numberOf(step?.epoch),
    losses: numbersOf(step?.losses),
    dev: numbersOf(dev?.metrics),
    test: numbersOf(test?.metrics),
    devName: nameOf('dev') ?? 'held-out text',
    testName: nameOf('test') ?? 'test set',
    records,
  };
}

/** The hub's id of a model in its cache, else a path's last part; with the part before it where every run has the same. Where someone keeps their files is nobody's business. */
export function plainName(path: string): string {
  const name = basename(path);
  const id = hubIdInPath(path);
  if (id !== null) return id;
  return name === 'final' || name === 'best' ? `${basename(dirname(resolve(path)))}/${name}` : name;
}

function numberOf(value: JsonObject[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function numbersOf(value: JsonObject[string] | undefined): [string, number][] {
  return Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, number]) =>
    typeof number === 'number' ? [[name, number] as [string, number]] : [],
  );
}
