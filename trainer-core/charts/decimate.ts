/** Curves in as many points as there are pixels to show them: the lowest and the highest value of each pixel column. */

import { lowerBound, type Series } from './series.js';

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
  return { series, from, to: Math.min(steps.length, afterLast(steps, max) + 1) };
}

/** Every point of every curve. */
function join(slices: readonly Slice[]): AlignedCurves {
  const all = new Set<number>();
  for (const { series, from, to } of slices) for (const step of series.steps.subarray(from, to)) all.add(step);
  const steps = [...all].sort((a, b) => a - b);
  const places = new Map(steps.map((step, place) => [step, place]));
  const curves = slices.map(({ series, from, to }) => {
    const curve = new Array<number | null | undefined>(steps.length).fill(undefined);
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
  const known = new Map<ArrayBufferLike, Int32Array>();
  const curves = slices.map(({ series, from, to }) => {
    const { buffer } = series.steps;
    const starts = known.get(buffer) ?? partStarts(series.steps, min, max, columns);
    known.set(buffer, starts);
    const curve = new Array<number | null | undefined>(steps.length).fill(undefined);
    if (from < starts[0]!) curve[1] = onTheWay(series, from, from + 1, steps[1]!);
    if (to > starts[columns]!) curve[steps.length - 2] = onTheWay(series, to - 1, to - 2, steps.at(-2)!);
    for (let part = 0; part < columns; part++)
      extremes(series.values, starts[part]!, starts[part + 1]!, curve, 2 * (part + 1));
    return curve;
  });
  return { steps, curves };
}

/** Where each part begins in `steps`, and where the last one ends. */
function partStarts(steps: Float64Array, min: number, max: number, columns: number): Int32Array {
  const starts = new Int32Array(columns + 1);
  for (let part = 0; part < columns; part++) starts[part] = lowerBound(steps, min + (part * (max - min)) / columns);
  // The last part has the last step in it.
  starts[columns] = afterLast(steps, max);
  return starts;
}

/** The first index whose step is beyond `step`. */
function afterLast(steps: Float64Array, step: number): number {
  const index = lowerBound(steps, step);
  return steps[index] === step ? index + 1 : index;
}

/** Puts the lowest and the highest of `values` from `start` to `end` at `place` and after it, in their order. */
function extremes(
  values: Float64Array,
  start: number,
  end: number,
  curve: (number | null | undefined)[],
  place: number,
): void {
  if (start >= end) return;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let lowAt = -1;
  let highAt = -1;
  // No comparison holds for NaN, so that missing values are passed over.
  for (let index = start; index < end; index++) {
    const value = values[index]!;
    if (value < low) {
      low = value;
      lowAt = index;
    }
    if (value > high) {
      high = value;
      highAt = index;
    }
  }
  if (lowAt < 0) {
    curve[place] = null;
  } else if (lowAt === highAt) {
    curve[place] = low;
  } else {
    curve[place] = lowAt < highAt ? low : high;
    curve[place + 1] = lowAt < highAt ? high : low;
  }
}

/** Where the line from point `index` to its neighbour `next` is at `step`; the point's own value when there is no such line. */
function onTheWay({ steps, values }: Series, index: number, next: number, step: number): number | null {
  const [value, other] = [values[index]!, values[next] ?? Number.NaN];
  if (Number.isNaN(value)) return null;
  if (Number.isNaN(other)) return value;
  return value + ((other - value) * (step - steps[index]!)) / (steps[next]! - steps[index]!);
}
