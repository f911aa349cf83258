/** The answer of a classifier for a text, and how it is told. */

/** The answer for one text. */
export interface Classification {
  /** The most probable label; a regression's has one name. */
  label: string;
  /** Its probability, 0 to 1; of a regression the number. */
  score: number;
  /** Probability of every label; they sum to 1 unless a text may have several labels. */
  scores: Record<string, number>;
  /** Where a text may have several: those of a probability of at least 0.5, the likeliest first. */
  labels?: string[];
}

/** How an answer is told. */
export interface AnswerOptions {
  /** Below this probability the label is withheld; null: never. */
  threshold: number | null;
  /** How many of the likeliest labels are told besides, with their probabilities; null: none. */
  top: number | null;
}

/** A label with its probability. */
export interface ScoredLabel {
  label: string;
  score: number;
}

/** The label, or several joined by commas; null where the probability is below the threshold: the classifier is unsure. */
export function sureLabel({ label, score, labels }: Classification, threshold: number | null): string | null {
  if (threshold !== null && score < threshold) return null;
  return labels === undefined ? label : labels.join(',');
}

/** The `count` likeliest labels, the likeliest first; all of them when there are fewer. */
export function likeliest(scores: Readonly<Record<string, number>>, count: number): ScoredLabel[] {
  return Object.entries(scores)
    .map(([label, score]) => ({ label, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
