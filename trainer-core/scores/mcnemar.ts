/** McNemar's test (1947): do two classifiers err equally often on the same examples? Only those count that one reads rightly and the other does not. */
import { chiSquareTail } from './chiSquare.js';

/** With fewer such examples the exact binomial test is taken. */
export const EXACT_BELOW = 25;

export interface McNemar {
  /** Examples that only the first, and only the second, reads rightly. */
  b: number;
  c: number;
  method: 'exact' | 'chi-square';
  /** (|b − c| − 1)² / (b + c), with Edwards' continuity correction (1948); null for the exact test. */
  statistic: number | null;
  /** Two-sided, 0 to 1. */
  p: number;
}

/** Compares by whether each example was read rightly, in the same order. */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  let [b, c] = [0, 0];
  first.forEach((right, i) => {
    if (right && !second[i]) b++;
    if (!right && second[i]) c++;
  });
  if (b + c < EXACT_BELOW)
    return { b, c, method: 'exact', statistic: null, p: binomialTwoSided(Math.min(b, c), b + c) };
  const statistic = Math.max(0, Math.abs(b - c) - 1) ** 2 / (b + c);
  return { b, c, method: 'chi-square', statistic, p: chiSquareTail(statistic) };
}

/** Twice the probability of at most `k` heads in `n` tosses, `k` ≤ n / 2; 1 at most. */
function binomialTwoSided(k: number, n: number): number {
  let [ways, sum] = [1, 0];
  for (let i = 0; i <= k; i++) {
    sum += ways;
    ways = (ways * (n - i)) / (i + 1);
  }
  return Math.min(1, (2 * sum) / 2 ** n);
}

/** A p-value in words; small ones as powers of ten. */
export function pValue(p: number): string {
  return p < 1e-3 ? p.toExponential(1) : p.toFixed(3);
}
