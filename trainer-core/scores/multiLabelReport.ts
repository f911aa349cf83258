/** Scores where each example has any number of classes, as scikit-learn's for an indicator matrix with `zero_division=0`. */
import type { MisreadExample, MultiLabelReport } from '../protocol/report.js';
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js';
import { expectedCalibrationError, reliability, squaredDistance } from './calibration.js';
import { averageScores, type ClassCounts, classScores, macroF1, ratio } from './classScores.js';
import { surprise } from './probabilities.js';
import { placeOf, type ScoredExample } from './scoredExample.js';

/** A class is guessed from this probability on. */
export const THRESHOLD = 0.5;

/** Scores examples, which come in file order. */
export function multiLabelReport(labels: readonly string[], examples: readonly ScoredExample[]): MultiLabelReport {
  const rows = examples.map(rowOf);
  const all = rows.map((_, i) => i);
  const counts = countsOf(labels.length, rows, all);
  const averages = averageScores(counts, true);
  const confidences = rows.flatMap(({ probabilities }) => [...probabilities]);
  const bins = reliability(
    confidences,
    rows.flatMap(({ truth, probabilities }) => [...probabilities].map((_, id) => (truth.has(id) ? 1 : 0))),
  );
  const misread = examples.flatMap((example, i): MisreadExample[] => {
    const { truth, guess, probabilities } = rows[i]!;
    const wrong = labels.flatMap((_, id) => (truth.has(id) === guess.has(id) ? [] : [id]));
    if (wrong.length === 0) return [];
    const score = Math.max(...wrong.map((id) => (guess.has(id) ? probabilities[id]! : 1 - probabilities[id]!)));
    const names = (ids: ReadonlySet<number>) => labels.filter((_, id) => ids.has(id)).join(', ');
    return [{ ...placeOf(example), label: names(truth), predicted: names(guess), score }];
  });
  return {
    problemType: 'multi_label_classification',
    examples: examples.length,
    ...figuresOf(rows, all, counts),
    averages,
    calibration: { ece: expectedCalibrationError(bins), brier: meanOf(rows, all, 'distance'), bins },
    classes: classScores(labels, counts),
    misreadCount: misread.length,
    misread,
  };
}

/** The report with the intervals of its accuracy, F1s, loss and Brier score. */
export async function withMultiLabelIntervals(
  report: MultiLabelReport,
  examples: readonly ScoredExample[],
  options: BootstrapOptions = {},
): Promise<MultiLabelReport> {
  const rows = examples.map(rowOf);
  const figures = (drawn: Uint32Array) => {
    const counts = countsOf(report.classes.length, rows, drawn);
    const microF1 = averageScores(counts, true).micro.f1;
    return { ...figuresOf(rows, drawn, counts), microF1, brier: meanOf(rows, drawn, 'distance') };
  };
  return { ...report, intervals: await bootstrapIntervals(examples.length, figures, options) };
}

interface Row {
  truth: ReadonlySet<number>;
  guess: ReadonlySet<number>;
  probabilities: ArrayLike<number> & Iterable<number>;
  /** 1 when every class is right, else 0. */
  right: number;
  f1: number;
  loss: number;
  distance: number;
}

function rowOf({ labels = [], probabilities: given }: ScoredExample): Row {
  const probabilities = Float64Array.from(given);
  const truth = new Set(labels);
  const guess = new Set([...probabilities.keys()].filter((id) => probabilities[id]! >= THRESHOLD));
  const hits = [...guess].filter((id) => truth.has(id)).length;
  const losses = probabilities.map((probability, id) => surprise(truth.has(id) ? probability : 1 - probability));
  return {
    truth,
    guess,
    probabilities,
    right: hits === truth.size && hits === guess.size ? 1 : 0,
    f1: ratio(2 * hits, truth.size + guess.size),
    loss: ratio(
      losses.reduce((sum, loss) => sum + loss, 0),
      losses.length,
    ),
    distance: squaredDistance(probabilities, (id) => truth.has(id)),
  };
}

type Drawn = Iterable<number> & { readonly length: number };

function figuresOf(rows: readonly Row[], drawn: Drawn, counts: readonly ClassCounts[]) {
  return {
    accuracy: meanOf(rows, drawn, 'right'),
    macroF1: macroF1(counts, true),
    samplesF1: meanOf(rows, drawn, 'f1'),
    loss: meanOf(rows, drawn, 'loss'),
  };
}

function countsOf(classes: number, rows: readonly Row[], drawn: Drawn): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ hits: 0, guessed: 0, support: 0 }));
  for (const i of drawn) {
    const { truth, guess } = rows[i]!;
    for (const id of truth) counts[id]!.support++;
    for (const id of guess) {
      counts[id]!.guessed++;
      if (truth.has(id)) counts[id]!.hits++;
    }
  }
  return counts;
}

function meanOf(rows: readonly Row[], drawn: Drawn, key: 'right' | 'f1' | 'loss' | 'distance'): number {
  let sum = 0;
  for (const i of drawn) sum += rows[i]![key];
  return ratio(sum, drawn.length);
}
