/**
 * What an explanation explains: the log-odds of a class, ln(p / (1 - p)) with p its softmax probability. Unlike p it does not level
 * off where the model is sure, and unlike a logit alone it does not change when something is added to all logits.
 */

/** z_c - ln Σ_{j≠c} exp z_j, with z the logits; without other classes z_c. */
export function logOdds(logits: ArrayLike<number>, target: number): number {
  const others = othersOf(logits, target);
  if (others.length === 0) return logits[target]!;
  const highest = Math.max(...others);
  return logits[target]! - highest - Math.log(others.reduce((sum, z) => sum + Math.exp(z - highest), 0));
}

/** Its derivative by each logit: 1 for the class, and minus each other's share of the probability that is left to the others. */
export function logOddsGradient(logits: ArrayLike<number>, target: number): number[] {
  const others = othersOf(logits, target);
  const highest = Math.max(...others);
  const total = others.reduce((sum, z) => sum + Math.exp(z - highest), 0);
  return Array.from(logits, (z, c) => (c === target ? 1 : -Math.exp(z - highest) / total));
}

function othersOf(logits: ArrayLike<number>, target: number): number[] {
  return Array.from(logits).filter((_, c) => c !== target);
}
