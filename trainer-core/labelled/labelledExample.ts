/** Labelled texts as every reader gives them, whatever the format they came in. */

/** What a model learns of a text, by Hugging Face's `problem_type`: one class of several, any number of classes, or a number. */
export const PROBLEM_TYPES = ['single_label_classification', 'multi_label_classification', 'regression'] as const;
export type ProblemType = (typeof PROBLEM_TYPES)[number];

/** One text, or pair of texts, with what it was labelled with. */
export interface LabelledExample {
  /** Where it came from: the file, and its line or row, from 1. */
  file: string;
  line: number;
  text: string;
  /** The second text of a pair; null for one text. */
  second: string | null;
  /** The id of its class, which is its place in `labels`; for regression the number itself; for several classes the first, or -1. */
  label: number;
  /** With `multi_label_classification` the ids of all its classes, ascending; there can be none. */
  labels?: readonly number[];
}

/** The labelled examples of a file, folder or archive. */
export interface LabelledData {
  problemType: ProblemType;
  examples: LabelledExample[];
  /** Class names by id; for regression one name, that of the number. */
  labels: string[];
}
