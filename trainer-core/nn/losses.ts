/**
 * Losses of Hugging Face's distiller and classifiers. Each is a sum over rows times a normaliser that is fed, so that
 * a batch can be worked through in pieces and still give the whole batch's mean. N rows, V vocabulary, H hidden.
 */
import { add, div, klDivergence, mul, reduceSum, softmaxCrossEntropy, sqrt, sub, sumAll } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';

/** Σ cross-entropy of logits [N, C] against int32 labels [N]. */
export function crossEntropySum(g: Graph, logits: Value, labels: Value): Value {
  return sumAll(g, softmaxCrossEntropy(g, logits, labels));
}

/** Σ KL(softmax(teacher) ‖ softmax(student)) over rows of logits that are already divided by the temperature. */
export function klDivergenceSum(g: Graph, student: Value, teacher: Value): Value {
  return sumAll(g, klDivergence(g, student, teacher));
}

/** Σ (student - teacher)². */
export function squaredErrorSum(g: Graph, student: Value, teacher: Value): Value {
  const difference = sub(g, student, teacher);
  return sumAll(g, mul(g, difference, difference));
}

/** Σ (1 - cos(student row, teacher row)) for rows [N, H]: CosineEmbeddingLoss with target 1, epsilon 1e-12 on each squared norm. */
export function cosineSum(g: Graph, student: Value, teacher: Value): Value {
  const dot = reduceSum(g, mul(g, student, teacher), [-1]); // [N, 1]
  const squaredNorm = (x: Value) => add(g, reduceSum(g, mul(g, x, x), [-1]), 1e-12);
  const norms = sqrt(g, mul(g, squaredNorm(student), squaredNorm(teacher)));
  return sumAll(g, sub(g, 1, div(g, dot, norms)));
}
