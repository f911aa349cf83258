/** Percentile bootstrap (Efron 1979; Efron and Tibshirani 1993, §13.3): figures of many resamples of the examples, drawn with replacement. */
import { setImmediate } from 'node:timers/promises';
import { Random } from '../corpus/random.js';
import type { BootstrapIntervals, Interval } from '../protocol/report.js';

/** Enough for the ends of a 95 % interval (Efron and Tibshirani 1993, §13.3). */
export const RESAMPLES = 1000;
/** The part of the resamples between the ends. */
const LEVEL = 0.95;
/** Between two looks at the signal. */
const BREATH_MS = 50;

export interface BootstrapOptions {
  resamples?: number;
  seed?: number;
  /** Stops between resamples with an AbortError. */
  signal?: AbortSignal | undefined;
  onResample?: (done: number, total: number) => void;
  /** Fills `drawn` with the numbers of the examples of a resample; tests give their own. */
  draw?: (drawn: Uint32Array, resample: number) => void;
}

/**
 * The intervals of every figure that `figures` makes of a resample, given as the numbers of its examples. The same examples in the
 * same order with the same seed have the same intervals. Without examples there are none, nor of a figure that is NaN for a resample.
 */
export async function bootstrapIntervals(
  examples: number,
  figures: (drawn: Uint32Array) => Record<string, number>,
  options: BootstrapOptions = {},
): Promise<BootstrapIntervals> {
  const { resamples = RESAMPLES, seed = 0, signal, onResample = () => {} } = options;
  const random = Random.fromSeed(seed).fork('bootstrap');
  const atRandom = (drawn: Uint32Array) => {
    for (let k = 0; k < examples; k++) drawn[k] = random.below(examples);
  };
  const draw = options.draw ?? atRandom;
  const found = new Map<string, Float64Array>();
  const drawn = new Uint32Array(examples);
  let breathed = performance.now();
  for (let resample = 0; resample < resamples && examples > 0; resample++) {
    draw(drawn, resample);
    for (const [name, value] of Object.entries(figures(drawn))) {
      const values = found.get(name) ?? new Float64Array(resamples);
      values[resample] = value;
      found.set(name, values);
    }
    if (performance.now() - breathed < BREATH_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    onResample(resample + 1, resamples);
    breathed = performance.now();
  }
  const intervals = [...found].map(([name, values]): [string, Interval] => {
    const sorted = values.sort();
    return [name, [quantile(sorted, (1 - LEVEL) / 2), quantile(sorted, (1 + LEVEL) / 2)]];
  });
  // Not-a-numbers are sorted to the end.
  const whole = intervals.filter(([name]) => !Number.isNaN(found.get(name)!.at(-1)));
  return { resamples, seed, intervals: Object.fromEntries(whole) };
}

/** The quantile of numbers in ascending order, linear between them, as numpy's default. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
