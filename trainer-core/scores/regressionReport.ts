/** Scores of predicted numbers, as scikit-learn's and scipy's: errors, R², Pearson's and Spearman's correlation. */
import type { RegressionReport } from '../protocol/report.js';
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js';
import { meanOf } from './means.js';
import { placeOf, type ScoredExample } from './scoredExample.js';

/** Scores examples, which come in file order; `probabilities[0]` of each is what was predicted. */
export function regressionReport(examples: readonly ScoredExample[]): RegressionReport {
  const { truth, guess } = columns(examples);
  const furthest = examples
    .map((example, i) => ({ ...placeOf(example), truth: truth[i]!, predicted: guess[i]! }))
    .sort((a, b) => Math.abs(b.truth - b.predicted) - Math.abs(a.truth - a.predicted));
  return { problemType: 'regression', examples: examples.length, ...figuresOf(truth, guess), furthest };
}

/** The report with the intervals of its figures, without those that a resample has none of. */
export async function withRegressionIntervals(
  report: RegressionReport,
  examples: readonly ScoredExample[],
  options: BootstrapOptions = {},
): Promise<RegressionReport> {
  const { truth, guess } = columns(examples);
  const figures = (drawn: Uint32Array) => {
    const { loss: _, ...found } = figuresOf(take(truth, drawn), take(guess, drawn));
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? Number.NaN]));
  };
  return { ...report, intervals: await bootstrapIntervals(examples.length, figures, options) };
}

function columns(examples: readonly ScoredExample[]) {
  return {
    truth: Float64Array.from(examples, ({ label }) => label),
    guess: Float64Array.from(examples, ({ probabilities }) => probabilities[0]!),
  };
}

function take(values: Float64Array, drawn: Uint32Array): Float64Array {
  const taken = new Float64Array(drawn.length);
  for (let k = 0; k < drawn.length; k++) taken[k] = values[drawn[k]!]!;
  return taken;
}

function figuresOf(truth: Float64Array, guess: Float64Array) {
  const mse = meanOf(truth.map((value, i) => (value - guess[i]!) ** 2));
  return {
    mse,
    mae: meanOf(truth.map((value, i) => Math.abs(value - guess[i]!))),
    r2: determination(truth, mse),
    pearson: correlation(truth, guess),
    spearman: correlation(ranks(truth), ranks(guess)),
    loss: mse,
  };
}

/** 1 − error / variance. Of a truth that does not vary, 1 when nothing is wrong and else 0, as scikit-learn has it. */
function determination(truth: Float64Array, mse: number): number | null {
  if (truth.length < 2) return null;
  const center = meanOf(truth);
  const variance = meanOf(truth.map((value) => (value - center) ** 2));
  if (variance === 0) return mse === 0 ? 1 : 0;
  return 1 - mse / variance;
}

/** Pearson's correlation; null where one side does not vary. */
function correlation(a: Float64Array, b: Float64Array): number | null {
  const [centerA, centerB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const [x, y] = [value - centerA, b[i]! - centerB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  // Rounding may take it a little over.
  return aa === 0 || bb === 0 ? null : Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb)));
}

/** Places in ascending order from 1; equals share the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) found[order[at]!] = (from + 1 + to) / 2;
  }
  return found;
}
