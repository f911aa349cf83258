/** The result of scoring a classifier on labelled examples: what the tables, the dashboard and `evaluation.json` show (docs/evaluation.md). */

/** Scores of one class, each from 0 to 1; 0 where its denominator is 0, as scikit-learn does. */
export interface ClassScore {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  /** Examples of this class in the data. */
  support: number;
}

/** Precision, recall and F1 over all classes, each from 0 to 1. */
export type AverageScore = Pick<ClassScore, 'precision' | 'recall' | 'f1'>;

/** Three ways to take the classes together. */
export interface AverageScores {
  /** Means over the classes that occur, in the truth or in the guesses. */
  macro: AverageScore;
  /** Of all decisions together. */
  micro: AverageScore;
  /** Means over the classes weighted by their support. */
  weighted: AverageScore;
}

/** The predictions whose confidence lies in (`from`, `to`]. */
export interface CalibrationBin {
  from: number;
  to: number;
  count: number;
  /** Mean confidence, and part of the predictions that are right, 0 to 1; both 0 in an empty bin. */
  confidence: number;
  accuracy: number;
}

/** How far confidence is what it says. */
export interface Calibration {
  /** Expected calibration error, 0 to 1 (Guo et al. 2017). */
  ece: number;
  /** Mean squared distance of the probabilities from the truth, summed over the classes (Brier 1950): 0 to 2 for one class of several. */
  brier: number;
  /** The reliability curve: bins of equal width from 0 to 1. */
  bins: CalibrationBin[];
}

/** From low to high. */
export type Interval = [low: number, high: number];

/** Percentile bootstrap: what 95 % of the resamples of the examples come to, by the name of the figure. */
export interface BootstrapIntervals {
  resamples: number;
  seed: number;
  intervals: Record<string, Interval>;
}

/** An example that the model read wrongly. */
export interface MisreadExample {
  /** The data file; absent in the reports of older runs. */
  file?: string;
  /** Line in the data file, from 1. */
  line: number;
  text: string;
  /** The truth and the guess; of several classes, all of them with a comma between. */
  label: string;
  predicted: string;
  /** How sure the model was: the probability of `predicted`, 0 to 1; of several classes, that of the surest wrong decision. */
  score: number;
}

interface AnyReport {
  /** Examples scored; absent in the reports of older runs, as what else is optional here. */
  examples?: number;
  intervals?: BootstrapIntervals;
}

/** Scores where each example has one class of several. */
export interface ClassificationReport extends AnyReport {
  problemType?: 'single_label_classification';
  /** Part of the examples that were labelled rightly, 0 to 1. */
  accuracy: number;
  /** Mean of the classes' F1, 0 to 1. */
  macroF1: number;
  /** Mean cross-entropy in nats. */
  loss: number;
  averages?: AverageScores;
  calibration?: Calibration;
  /** In the order of the model's label ids. */
  classes: ClassScore[];
  /** `confusion[truth][prediction]`: counts, in the order of `classes`. */
  confusion: number[][];
  /** How many were misread. */
  misreadCount?: number;
  /** In file order. In `metrics.jsonl` only the surest, `LOGGED_MISREAD` at most; in `evaluation.json` all of them. */
  misread: MisreadExample[];
}

/** Scores where each example has any number of classes; a class is guessed from a probability of 0.5 on. */
export interface MultiLabelReport extends AnyReport {
  problemType: 'multi_label_classification';
  /** Part of the examples with every class right, 0 to 1: scikit-learn's accuracy of several labels. */
  accuracy: number;
  macroF1: number;
  /** Mean over the examples of the F1 of their classes. */
  samplesF1: number;
  /** Mean binary cross-entropy in nats, over examples and classes. */
  loss: number;
  averages: AverageScores;
  /** Over all decisions, a class of an example each. */
  calibration: Calibration;
  classes: ClassScore[];
  misreadCount: number;
  misread: MisreadExample[];
}

/** A number that the model missed. */
export interface MissedNumber {
  file?: string;
  line: number;
  text: string;
  truth: number;
  predicted: number;
}

/** Scores where each example has a number. */
export interface RegressionReport extends AnyReport {
  problemType: 'regression';
  /** Mean squared and mean absolute error. */
  mse: number;
  mae: number;
  /** Coefficient of determination, at most 1; null for fewer than two examples. */
  r2: number | null;
  /** Correlation of the numbers and of their ranks, -1 to 1; null where one side does not vary. */
  pearson: number | null;
  spearman: number | null;
  /** The mean squared error, by the name that every objective has. */
  loss: number;
  /** Those furthest off, the furthest first; `LOGGED_MISREAD` at most in `metrics.jsonl`. */
  furthest: MissedNumber[];
}

/** A whole evaluation, by what the model's outputs mean. */
export type EvaluationReport = ClassificationReport | MultiLabelReport | RegressionReport;

/** Misread examples that an evaluation in `metrics.jsonl` lists at most. */
export const LOGGED_MISREAD = 200;
