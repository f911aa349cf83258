/** What a few runs of one setting come to, such as those of several seeds. */

export interface Spread {
  mean: number;
  /** Sample standard deviation (n − 1); null of fewer than two. */
  deviation: number | null;
}

/** Mean and sample standard deviation. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}
