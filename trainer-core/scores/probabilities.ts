/** Logits → probabilities, and the guess among them. */

/** The index of the greatest number, the first of equals. */
export function argmax(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[best]!) best = i;
  return best;
}

/** Probabilities from scores, without overflow; a temperature above 1 makes them more even, one below 1 less. */
export function softmax(scores: ArrayLike<number>, temperature = 1): Float64Array {
  const highest = scores[argmax(scores)]!;
  const weights = Float64Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The probability of each class by itself, for a model that may give several. */
export function sigmoid(scores: ArrayLike<number>, temperature = 1): Float64Array {
  return Float64Array.from(scores, (score) => 1 / (1 + Math.exp(-score / temperature)));
}

/** The negative logarithm of a probability in nats; finite for 0 too. */
export function surprise(probability: number): number {
  return -Math.log(Math.max(probability, 1e-38));
}
