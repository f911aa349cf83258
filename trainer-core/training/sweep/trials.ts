/** Which runs a sweep consists of: every combination of the grid, or combinations drawn at random, each with every seed. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Random } from '../../corpus/random.js';
import { finetuneConfig } from '../../protocol/finetuneConfig.js';
import { alternatives, jsonSchemaOf } from '../../protocol/parseConfig.js';
import type { SweepConfig, SweepRange } from '../../protocol/sweepConfig.js';

/** The settings of one combination, by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** One combination, and the folder name of its runs, which `-seed-N` is added to. */
export interface Trial {
  name: string;
  settings: Settings;
}

/** File systems allow 255 bytes. */
const NAME_CHARS = 100;
/** Digits of a number that is drawn: more would only be hard to read. */
const DIGITS = 3;

/** The combinations, without any twice, their settings in the order of a fine-tuning's; those that are drawn are the same for the same `drawSeed`, however many there are. */
export function trialsOf(config: SweepConfig): Trial[] {
  const combinations = config.grid ? product(config.grid) : drawn(config);
  const different = new Map(combinations.map((settings) => [JSON.stringify(settings), settings]));
  const names = [...different.values()].map(nameOf);
  return [...different].map(([json, settings], i) => {
    const name = names[i]!;
    const isClear = name.length <= NAME_CHARS && names.indexOf(name) === names.lastIndexOf(name);
    const hash = createHash('sha256').update(json).digest('hex').slice(0, 8);
    return { settings, name: isClear ? name : `${name.slice(0, NAME_CHARS)}-${hash}` };
  });
}

/** `batchSize-16_learningRate-0.0001`. */
function nameOf(settings: Settings): string {
  const parts = Object.entries(settings).map(([key, value]) => `${key}-${shortValue(value)}`);
  return parts.join('_').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
}

/** A value as a table or a name has it: of a path the last part. */
export function shortValue(value: unknown): string {
  if (typeof value === 'string') return basename(value);
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function product(grid: Readonly<Record<string, readonly unknown[] | undefined>>): Settings[] {
  return Object.entries(grid).reduce<Settings[]>(
    (all, [key, values = []]) => all.flatMap((settings) => values.map((value) => ({ ...settings, [key]: value }))),
    [{}],
  );
}

function drawn({ random, trials, drawSeed }: SweepConfig): Settings[] {
  const settings = Object.entries(random ?? {}).filter(([, values]) => values !== undefined);
  return Array.from({ length: trials }, (_, trial) =>
    Object.fromEntries(
      settings.map(([key, values]) => {
        const chance = Random.fromSeed(drawSeed).fork('trial', trial, key);
        if (Array.isArray(values)) return [key, values[chance.below(values.length)]];
        return [key, between(values as SweepRange, isWhole(key), chance)];
      }),
    ),
  );
}

function between({ from, to, scale }: SweepRange, whole: boolean, chance: Random): number {
  if (whole && scale === 'linear') return Math.ceil(from) + chance.below(Math.floor(to) - Math.ceil(from) + 1);
  const part = chance.float();
  const value = scale === 'log' ? from * (to / from) ** part : from + (to - from) * part;
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(DIGITS));
  return Math.min(to, Math.max(from, rounded));
}

/** True for a setting that takes whole numbers only. */
function isWhole(key: string): boolean {
  const node = jsonSchemaOf(finetuneConfig).properties?.[key] ?? {};
  return alternatives(node).some(({ type }) => type === 'integer');
}
