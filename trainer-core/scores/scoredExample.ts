/** What every report is made of. */

/** A labelled example and what the model made of it. */
export interface ScoredExample {
  /** Where it stands. */
  file?: string;
  line: number;
  text: string;
  /** The second text of a pair. */
  second?: string | null;
  /** True class id; for regression the true number. */
  label: number;
  /** Where an example may have several classes, their ids. */
  labels?: readonly number[];
  /** Probability of each class; for regression the number that was predicted, alone. */
  probabilities: ArrayLike<number>;
}

/** Where an example stands and what it says, for a list of those that were misread. */
export function placeOf({ file, line, text, second }: ScoredExample): { file?: string; line: number; text: string } {
  return { ...(file === undefined ? {} : { file }), line, text: second ? `${text} ⏐ ${second}` : text };
}
