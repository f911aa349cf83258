/** The values of a curve over the steps of a run. */

/** Steps, ascending and without repeats, and a value for each; NaN where there is none. */
export interface Series {
  steps: Float64Array;
  values: Float64Array;
}

/** The first index in ascending `values` whose value is at least `value`; their number if there is none. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
