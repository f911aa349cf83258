/**
 * Losses of Hugging Face's distiller and classifiers, each a column of one number a row. `weightedSum` makes the mean of them: what a
 * row counts is fed, so a batch can be worked through in pieces, and rows of several batches in one piece, each weighing what it
 * weighs in its own batch's mean. N rows, C classes, V vocabulary, H hidden.
 */
import {
  add,
  div,
  klDivergence,
  mul,
  reduceSum,
  softmaxCrossEntropy,
  sqrt,
  sub,
  sumAll,
  topKDivergence,
} from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';

/** Σ weight · loss over rows; both [N, 1]. */
export function weightedSum(g: Graph, losses: Value, weights: Value): Value {
  return sumAll(g, mul(g, losses, weights));
}

/** Cross-entropy of logits [N, C] against int32 labels [N]: [N, 1]. */
export function crossEntropyRows(g: Graph, logits: Value, labels: Value): Value {
  return softmaxCrossEntropy(g, logits, labels);
}

/** KL(softmax(teacher) ‖ softmax(student)) of logits [N, V] that are already divided by the temperature: [N, 1]. */
export function klDivergenceRows(g: Graph, student: Value, teacher: Value): Value {
  return klDivergence(g, student, teacher);
}

/**
 * KL(teacher ‖ student) where of the teacher only k pieces are known, and what all others have together: [N, 1]. With p the teacher's
 * and q the student's probabilities, Σ over the k of p·log(p / q), and the same of the two rests. By a logit of the k its gradient is
 * q - p, as of the whole divergence; the others share what is left as the student shares it, q·(1 - rest of p / rest of q).
 * @param student logits [N, V], already divided by the temperature. @param pieces int32 [N, k].
 * @param teacher log-probabilities at that temperature [N, k + 1], the rest last.
 */
export function topKDivergenceRows(g: Graph, student: Value, pieces: Value, teacher: Value): Value {
  return topKDivergence(g, student, pieces, teacher);
}

/** Σ (student - teacher)² of each row: [N, 1]. */
export function squaredErrorRows(g: Graph, student: Value, teacher: Value): Value {
  const difference = sub(g, student, teacher);
  return reduceSum(g, mul(g, difference, difference), [-1]);
}

/** 1 - cos(student row, teacher row) for rows [N, H]: CosineEmbeddingLoss with target 1, epsilon 1e-12 on each squared norm. [N, 1]. */
export function cosineRows(g: Graph, student: Value, teacher: Value): Value {
  const dot = reduceSum(g, mul(g, student, teacher), [-1]);
  const squaredNorm = (x: Value) => add(g, reduceSum(g, mul(g, x, x), [-1]), 1e-12);
  const norms = sqrt(g, mul(g, squaredNorm(student), squaredNorm(teacher)));
  return sub(g, 1, div(g, dot, norms));
}
