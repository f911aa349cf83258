/** The result of scoring a classifier on labelled examples: what the tables and the dashboard show. */

/** Scores of one class, each from 0 to 1; 0 where its denominator is 0, as scikit-learn does. */
export interface ClassScore {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  /** Examples of this class in the data. */
  support: number;
}

/** A whole evaluation. */
export interface ClassificationReport {
  /** Part of the examples that were labelled rightly, 0 to 1. */
  accuracy: number;
  /** Mean of the classes' F1, 0 to 1. */
  macroF1: number;
  /** Mean cross-entropy in nats. */
  loss: number;
  /** In the order of the model's label ids. */
  classes: ClassScore[];
  /** `confusion[truth][prediction]`: counts, in the order of `classes`. */
  confusion: number[][];
  /** The examples that were misread, in file order. */
  misread: MisreadExample[];
}

/** An example whose label the model missed. */
export interface MisreadExample {
  /** Line in the data file, from 1. */
  line: number;
  text: string;
  label: string;
  predicted: string;
  /** Probability of `predicted`, 0 to 1. */
  score: number;
}
