/** What a classifier's outputs mean, in the words of Hugging Face's `problem_type`. */

/**
 * One class of several (softmax), any number of labels that each hold or not (sigmoid), or one number. A classifier of one class
 * a text has an output a class, one of several labels an output a label; a regression has one output.
 */
export const PROBLEM_TYPES = ['single_label_classification', 'multi_label_classification', 'regression'] as const;
export type ProblemType = (typeof PROBLEM_TYPES)[number];

/** The labels of a regression's model: Hugging Face names its one output so. */
export const REGRESSION_LABELS: readonly string[] = ['LABEL_0'];
