/** Accuracy, precision, recall, F1 and the confusion matrix, as scikit-learn computes them (0 where a denominator is 0). */
import type { ClassificationReport, MisreadExample } from '../protocol/report.js';

/** A labelled example and what the model made of it. */
export interface ScoredExample {
  line: number;
  text: string;
  /** True class id. */
  label: number;
  /** Probability of each class. */
  probabilities: ArrayLike<number>;
}

/** Scores examples, which come in file order. */
export function classificationReport(
  labels: readonly string[],
  examples: readonly ScoredExample[],
): ClassificationReport {
  const confusion = labels.map(() => labels.map(() => 0));
  const misread: MisreadExample[] = [];
  let loss = 0;
  let right = 0;
  for (const { line, text, label, probabilities } of examples) {
    const predicted = argmax(probabilities);
    (confusion[label] as number[])[predicted]!++;
    loss -= Math.log(Math.max(probabilities[label] as number, 1e-38)) / examples.length;
    if (predicted === label) right++;
    else {
      const score = probabilities[predicted] as number;
      misread.push({ line, text, label: labels[label] as string, predicted: labels[predicted] as string, score });
    }
  }
  const classes = labels.map((label, id) => {
    const hits = confusion[id]?.[id] as number;
    const support = sum(confusion[id] as number[]);
    const guessed = sum(confusion.map((row) => row[id] as number));
    const [precision, recall] = [ratio(hits, guessed), ratio(hits, support)];
    return { label, precision, recall, f1: ratio(2 * hits, guessed + support), support };
  });
  // Like scikit-learn's, the mean is over the classes that occur, in the truth or in the guesses.
  const seen = classes.filter(
    (_, id) => sum(confusion[id] as number[]) + sum(confusion.map((row) => row[id] as number)) > 0,
  );
  const macroF1 = ratio(sum(seen.map(({ f1 }) => f1)), seen.length);
  return { accuracy: ratio(right, examples.length), macroF1, loss, classes, confusion, misread };
}

/** The index of the greatest number, the first of equals. */
export function argmax(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) > (numbers[best] as number)) best = i;
  return best;
}

/** Probabilities from scores, without overflow; a temperature above 1 makes them more even, one below 1 less. */
export function softmax(scores: ArrayLike<number>, temperature = 1): Float64Array {
  const highest = scores[argmax(scores)] as number;
  const weights = Float64Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}

function sum(numbers: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < numbers.length; i++) total += numbers[i] as number;
  return total;
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
