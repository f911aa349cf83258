/** What a classifier is to answer to a text: the rows that its loss is taken against, and how much each text counts. */
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { ProblemType } from '../protocol/problemType.js';

/** What is to be learned of one text. */
export interface Labelled {
  /** Class id; for a regression the number. */
  label: number;
  /** For several labels a text: the ids of those that hold. */
  labels?: readonly number[];
}

/** How labels become targets. */
export interface TargetOptions {
  problemType: ProblemType;
  /** Outputs of the classifier. */
  outputs: number;
  labelSmoothing: number;
  /** By class id; null: all weigh 1. */
  classWeights: readonly number[] | null;
}

/** The targets of one text: a row for `classifierLosses`, and what the text counts in its micro-batch's mean. */
export interface Target {
  row: Float32Array;
  weight: number;
}

/**
 * For one class a text, torch's `CrossEntropyLoss(weight, label_smoothing)`: with smoothing s and C classes of weights w the target
 * of class c is w(c)·((1 - s)·[c is the label] + s / C), and the mean divides by the sum of the labels' weights.
 */
export function targetOf(
  { label, labels = [] }: Labelled,
  { problemType, outputs, labelSmoothing, classWeights }: TargetOptions,
): Target {
  const row = new Float32Array(outputs);
  if (problemType === 'regression') return { row: row.fill(label), weight: 1 };
  if (problemType === 'multi_label_classification') {
    for (const id of labels) row[id] = 1;
    return { row, weight: 1 };
  }
  const weightOf = (id: number) => classWeights?.[id] ?? 1;
  for (let id = 0; id < outputs; id++) row[id] = weightOf(id) * (labelSmoothing / outputs);
  row[label]! += weightOf(label) * (1 - labelSmoothing);
  return { row, weight: weightOf(label) };
}

/**
 * The weights that `classWeights` asks for, by class id. `balanced` is scikit-learn's: examples / (classes · examples of the class);
 * names that are not given weigh 1.
 */
export function classWeightsOf(
  wanted: FinetuneConfig['classWeights'],
  labels: readonly string[],
  examples: readonly Labelled[],
): number[] | null {
  if (wanted === null) return null;
  if (wanted !== 'balanced') return labels.map((label) => wanted[label] ?? 1);
  const counts = labels.map(() => 0);
  for (const { label } of examples) counts[label]!++;
  // A class that no text has weighs nothing in a mean over texts.
  return counts.map((count) => (count === 0 ? 1 : examples.length / (labels.length * count)));
}
