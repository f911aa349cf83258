/** Values of curves at a step, for the hover, the legends and the tables. */

import { lowerBound, type Series } from '../../trainer-core/charts/series.js';

/** The value at `step`, or at the last step before it that has one; NaN before the first. */
export function valueAt({ steps, values }: Series, step: number): number {
  for (let index = lowerBound(steps, step + 1e-9) - 1; index >= 0; index--) {
    if (!Number.isNaN(values[index]!)) return values[index]!;
  }
  return Number.NaN;
}

/** The step of `series` nearest to `step`; NaN when there is none. */
export function nearestStep(series: readonly Series[], step: number): number {
  let nearest = Number.NaN;
  for (const { steps } of series) {
    const index = lowerBound(steps, step);
    for (const candidate of [steps[index - 1], steps[index]]) {
      if (candidate === undefined) continue;
      if (Number.isNaN(nearest) || Math.abs(candidate - step) < Math.abs(nearest - step)) nearest = candidate;
    }
  }
  return nearest;
}

/** All steps of `series` from `min` to `max`, ascending; every so many are left out so that at most `limit` remain. */
export function stepsIn(
  series: readonly Series[],
  min: number,
  max: number,
  limit = Number.POSITIVE_INFINITY,
): number[] {
  const all = new Set<number>();
  for (const { steps } of series) {
    for (let index = lowerBound(steps, min); index < steps.length && steps[index]! <= max; index++)
      all.add(steps[index]!);
  }
  const steps = [...all].sort((a, b) => a - b);
  if (steps.length <= limit) return steps;
  const last = steps.length - 1;
  return Array.from({ length: limit }, (_, row) => steps[Math.round((row * last) / (limit - 1))]!);
}

/** The next step of any of `series` that is at least `least` (above 0) further in this direction; NaN at the end. */
export function stepBeyond(series: readonly Series[], step: number, direction: 1 | -1, least: number): number {
  let next = Number.NaN;
  for (const { steps } of series) {
    const candidate =
      direction === 1 ? steps[lowerBound(steps, step + least)] : steps[lowerBound(steps, step - least + 1e-9) - 1];
    if (candidate === undefined) continue;
    if (Number.isNaN(next) || (direction === 1 ? candidate < next : candidate > next)) next = candidate;
  }
  return next;
}
