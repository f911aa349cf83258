/** What runs report, as a device gives it: the scalars of one run after those of another, each run's in the order of their names. */
import type { Reported } from './trainStep.js';

/** The first so many runs of `numbers`. */
export function reportedRuns(names: readonly string[], numbers: Float32Array, runs: number): Reported[] {
  const { length } = names;
  return Array.from({ length: runs }, (_, run) =>
    Object.fromEntries(names.map((name, i) => [name, numbers[run * length + i] as number])),
  );
}
