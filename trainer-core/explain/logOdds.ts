/**
 * What an explanation explains: the log-odds of a label, ln(p / (1 - p)) with p its probability. Unlike p they do not level off where
 * the model is sure, and unlike a logit of a softmax they do not change when something is added to all logits.
 */
import type { ProblemType } from '../protocol/problemType.js';

/** Of one class of several z_c - ln Σ_{j≠c} exp z_j, with z the logits; of a label by itself, and of a regression's number, z_c. */
export function logOdds(logits: ArrayLike<number>, target: number, problemType: ProblemType): number {
  const others = othersOf(logits, target, problemType);
  if (others.length === 0) return logits[target]!;
  const highest = Math.max(...others);
  return logits[target]! - highest - Math.log(others.reduce((sum, z) => sum + Math.exp(z - highest), 0));
}

/** Its derivative by each logit: 1 for the class, and minus each other's share of the probability that is left to the others. */
export function logOddsGradient(logits: ArrayLike<number>, target: number, problemType: ProblemType): number[] {
  const others = othersOf(logits, target, problemType);
  const highest = Math.max(...others);
  const total = others.reduce((sum, z) => sum + Math.exp(z - highest), 0);
  const share = (z: number) => (others.length === 0 ? 0 : Math.exp(z - highest) / total);
  return Array.from(logits, (z, c) => (c === target ? 1 : -share(z)));
}

/** The logits that the target's probability depends on besides its own. */
function othersOf(logits: ArrayLike<number>, target: number, problemType: ProblemType): number[] {
  if (problemType !== 'single_label_classification') return [];
  return Array.from(logits).filter((_, c) => c !== target);
}
