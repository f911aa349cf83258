/** Curves in as many points as there are pixels to show them: the lowest and the highest value of each pixel column. */

import { lowerBound } from './column.js';
import type { Series } from './metricsHistory.js';

/** What a chart draws: ascending steps and a value a curve for each; null breaks a line, undefined is no point of it. */
export interface AlignedCurves {
  steps: number[];
  curves: (number | null | undefined)[][];
}

/** Points that are needed for a range: those in it and one on either side, so that lines reach the edges. */
interface Slice {
  series: Series;
  from: number;
  to: number;
}

/**
 * The part of `curves` from step `min` to step `max` on common steps. With few points in it they are all there as they are;
 * else each curve has two in each of `columns` equal parts, in their order, whose places are right within a part.
 */
export function decimate(curves: readonly Series[], min: number, max: number, columns: number): AlignedCurves {
  const slices = curves.map((series) => slice(series, min, max));
  const distinct = new Map(slices.map((each) => [each.series.steps.buffer, each]));
  const points = [...distinct.values()].reduce((sum, { from, to }) => sum + to - from, 0);
  return points <= 2 * columns || max <= min ? join(slices) : bucket(slices, min, max, columns);
}

function slice(series: Series, min: number, max: number): Slice {
  const { steps } = series;
  const from = Math.max(0, lowerBound(steps, min) - 1);
  let to = lowerBound(steps, max);
  if (to < steps.length) to++;
  return { series, from, to };
}

/** Every point of every curve. */
function join(slices: readonly Slice[]): AlignedCurves {
  const all = new Set<number>();
  for (const { series, from, to } of slices) for (const step of series.steps.subarray(from, to)) all.add(step);
  const steps = [...all].sort((a, b) => a - b);
  const places = new Map(steps.map((step, place) => [step, place]));
  const curves = slices.map(({ series, from, to }) => {
    const curve = new Array<number | null | undefined>(steps.length);
    for (let index = from; index < to; index++) {
      const value = series.values[index]!;
      curve[places.get(series.steps[index]!)!] = Number.isNaN(value) ? null : value;
    }
    return curve;
  });
  return { steps, curves };
}

function bucket(slices: readonly Slice[], min: number, max: number, columns: number): AlignedCurves {
  const width = (max - min) / columns;
  // One part more on either side: lines leave the range there, on their way to the neighbours.
  const steps = Array.from({ length: 2 * (columns + 2) }, (_, place) => min + ((place - 2) / 2 + 0.25) * width);
  const curves = slices.map(({ series, from, to }) => {
    const curve = new Array<number | null | undefined>(steps.length);
    let index = from;
    if (index < to && series.steps[index]! < min) curve[1] = onTheWay(series, index, index + 1, steps[1]!);
    while (index < to && series.steps[index]! < min) index++;
    let end = to;
    if (end > index && series.steps[end - 1]! > max) {
      end--;
      curve[steps.length - 2] = onTheWay(series, end, end - 1, steps.at(-2)!);
    }
    while (index < end) {
      const part = partOf(series.steps[index]!);
      let low = index;
      let high = index;
      let known = false;
      for (; index < end && partOf(series.steps[index]!) === part; index++) {
        const value = series.values[index]!;
        if (Number.isNaN(value)) continue;
        if (!known || value < series.values[low]!) low = index;
        if (!known || value > series.values[high]!) high = index;
        known = true;
      }
      const place = 2 * (part + 1);
      const [first, second] = low < high ? [low, high] : [high, low];
      curve[place] = known ? series.values[first]! : null;
      if (known && first !== second) curve[place + 1] = series.values[second]!;
    }
    return curve;
  });
  return { steps, curves };

  function partOf(step: number): number {
    return Math.min(columns - 1, Math.floor((step - min) / width));
  }
}

/** Where the line from point `index` to its neighbour `next` is at `step`; the point's own value when there is no such line. */
function onTheWay({ steps, values }: Series, index: number, next: number, step: number): number | null {
  const [value, other] = [values[index]!, values[next] ?? Number.NaN];
  if (Number.isNaN(value)) return null;
  if (Number.isNaN(other)) return value;
  return value + ((other - value) * (step - steps[index]!)) / (steps[next]! - steps[index]!);
}
