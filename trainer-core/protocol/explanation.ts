/** Why a classifier gives a text its label: what each word adds; docs/classification.md has the methods. */

/** Words masked one by one; gradient × (embedding - mask's); the same averaged along the way from all words masked. */
export const EXPLANATION_METHODS = ['occlusion', 'gradient', 'integrated-gradients'] as const;
export type ExplanationMethod = (typeof EXPLANATION_METHODS)[number];

/** A word, and what it adds to the log-odds of the label: above 0 it speaks for it. Null: it was not read, for the text is too long. */
export interface ExplainedWord {
  /** As it stands in the text. */
  text: string;
  /** UTF-16 code units of the text, `end` not in it; whole characters, in order, none in two words. */
  start: number;
  end: number;
  weight: number | null;
}

/** What `explain` says besides the classification. */
export interface Explanation {
  method: ExplanationMethod;
  /** The label that is explained. */
  label: string;
  /** Its log-odds ln(p / (1 - p)) for the text, and for the text with [MASK] in place of every piece that was read. */
  logOdds: number;
  baseline: number;
  /** The weights' sum minus (logOdds - baseline): 0 when they account for all of it. */
  gap: number;
  words: ExplainedWord[];
}
