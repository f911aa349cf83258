/** Precision, recall and F1 of classes and over them, from counts, as scikit-learn's `precision_recall_fscore_support` with `zero_division=0`. */
import type { AverageScore, AverageScores, ClassScore } from '../protocol/report.js';

/** What a class's scores follow from. */
export interface ClassCounts {
  /** Guessed and true. */
  hits: number;
  /** Guessed, rightly or wrongly. */
  guessed: number;
  /** True. */
  support: number;
}

/** The counts of each class of a confusion matrix, `confusion[truth][guess]`. */
export function confusionCounts(confusion: readonly (readonly number[])[]): ClassCounts[] {
  return confusion.map((row, id) => ({
    hits: row[id]!,
    guessed: total(confusion.map((each) => each[id]!)),
    support: total(row),
  }));
}

/** Scores of each class. */
export function classScores(labels: readonly string[], counts: readonly ClassCounts[]): ClassScore[] {
  return counts.map((each, id) => ({ label: labels[id]!, ...scoresOf(each), support: each.support }));
}

/** The averages over the classes; macro leaves out those that occur neither in the truth nor in the guesses, unless `all`. */
export function averageScores(counts: readonly ClassCounts[], all = false): AverageScores {
  const seen = all ? counts : counts.filter(({ guessed, support }) => guessed + support > 0);
  const examples = total(counts.map(({ support }) => support));
  return {
    macro: mean(seen, () => 1 / seen.length),
    micro: scoresOf({
      hits: total(counts.map(({ hits }) => hits)),
      guessed: total(counts.map(({ guessed }) => guessed)),
      support: examples,
    }),
    weighted: mean(counts, ({ support }) => ratio(support, examples)),
  };
}

/** Mean F1 alone, for when it is worked out a thousand times. */
export function macroF1(counts: readonly ClassCounts[], all = false): number {
  let [sum, seen] = [0, 0];
  for (const { hits, guessed, support } of counts) {
    if (!all && guessed + support === 0) continue;
    sum += ratio(2 * hits, guessed + support);
    seen++;
  }
  return ratio(sum, seen);
}

/** 0 where the denominator is 0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function scoresOf({ hits, guessed, support }: ClassCounts): AverageScore {
  return { precision: ratio(hits, guessed), recall: ratio(hits, support), f1: ratio(2 * hits, guessed + support) };
}

function mean(counts: readonly ClassCounts[], weightOf: (counts: ClassCounts) => number): AverageScore {
  const average = { precision: 0, recall: 0, f1: 0 };
  for (const each of counts) {
    const [weight, scores] = [weightOf(each), scoresOf(each)];
    average.precision += weight * scores.precision;
    average.recall += weight * scores.recall;
    average.f1 += weight * scores.f1;
  }
  return average;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
