/** What a few seeds say: mean, spread, and whether a difference between paired runs is more than chance. */

import { type Spread, spreadOf } from '../../../trainer-core/scores/spread.js';

/** The 97.5 % quantiles of Student's t with 1, 2, … degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

export interface Difference extends Spread {
  /** True when 0 lies outside of the mean's 95 % confidence interval (paired t-test). */
  clear: boolean;
}

/** `values` less `base`, pair by pair: runs of the same seed. */
export function pairedDifference(values: readonly number[], base: readonly number[]): Difference {
  const differences = values.map((value, i) => value - base[i]!);
  const { mean, deviation } = spreadOf(differences);
  const n = differences.length;
  const quantile = T[Math.min(n - 2, T.length - 1)];
  const clear = deviation !== null && Math.abs(mean) > (quantile! * deviation) / Math.sqrt(n);
  return { mean, deviation, clear };
}
