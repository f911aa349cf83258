/** Temperature scaling (Guo et al. 2017, §4.2; Platt 1999 without a bias): one number that logits are divided by, fitted to labelled examples. */

/** An example's logits, and which of the classes are true. */
export interface LabelledLogits {
  logits: ArrayLike<number>;
  /** The one true class, or where several can be true all of them. */
  label: number | readonly number[];
}

/** Temperatures outside are not believed: the examples are then too few, or all of them right. */
const [COLDEST, HOTTEST] = [0.01, 100];

/**
 * The temperature with the least negative log-likelihood: of a softmax where `label` is a number, else of sigmoids. In β = 1/T that
 * is a convex function, whose derivative is mean(E[z] − z of the truth); Newton's method on it, kept between two ends. Null when there
 * is no least one between 0.01 and 100: for instance when every example is read rightly, so that any more confidence would be better.
 */
export function fitTemperature(examples: readonly LabelledLogits[]): number | null {
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  if (examples.length === 0 || slope(examples, low).first >= 0 || slope(examples, high).first <= 0) return null;
  let beta = 1;
  for (let iteration = 0; iteration < 200; iteration++) {
    const { first, second } = slope(examples, beta);
    if (first > 0) high = beta;
    else low = beta;
    const newton = beta - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - beta) <= 1e-12 * beta) return 1 / next;
    beta = next;
  }
  return 1 / beta;
}

/** The first two derivatives of the mean negative log-likelihood by β. */
function slope(examples: readonly LabelledLogits[], beta: number): { first: number; second: number } {
  let [first, second] = [0, 0];
  for (const { logits, label } of examples) {
    const part = typeof label === 'number' ? softmaxSlope(logits, label, beta) : sigmoidSlope(logits, label, beta);
    first += part.first / examples.length;
    second += part.second / examples.length;
  }
  return { first, second };
}

function softmaxSlope(logits: ArrayLike<number>, label: number, beta: number) {
  let highest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) highest = Math.max(highest, logits[id]!);
  let [weights, sum, squares] = [0, 0, 0];
  for (let id = 0; id < logits.length; id++) {
    // Relative to the truth, so that the difference below is of small numbers.
    const logit = logits[id]! - logits[label]!;
    const weight = Math.exp(beta * (logits[id]! - highest));
    weights += weight;
    sum += weight * logit;
    squares += weight * logit * logit;
  }
  const expected = sum / weights;
  return { first: expected, second: squares / weights - expected * expected };
}

function sigmoidSlope(logits: ArrayLike<number>, labels: readonly number[], beta: number) {
  let [first, second] = [0, 0];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    const probability = 1 / (1 + Math.exp(-beta * logit));
    first += (probability - (labels.includes(id) ? 1 : 0)) * logit;
    second += probability * (1 - probability) * logit * logit;
  }
  return { first, second };
}
