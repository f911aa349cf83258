/**
 * Losses of Hugging Face's distiller and classifiers, each a column of one number a row. `weightedSum` makes the mean of them: what a
 * row counts is fed, so a batch can be worked through in pieces, and rows of several batches in one piece, each weighing what it
 * weighs in its own batch's mean. N rows, C classes, V vocabulary, H hidden.
 */
import {
  add,
  concat,
  div,
  klDivergence,
  logSoftmax,
  mul,
  neg,
  reduceSum,
  reshape,
  softmaxCrossEntropy,
  sqrt,
  sub,
  sumAll,
  topKDivergence,
  zeros,
} from '../graph/build.js';
import { type Dim, product } from '../graph/dims.js';
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

/**
 * -Σ target · log softmax(logits) over classes, for targets [N, C] of any weight: [N, 1]. A one in the row of a class is its
 * cross-entropy; smoothed labels (Szegedy et al. 2016) and classes that weigh more are other targets.
 */
export function targetCrossEntropyRows(g: Graph, logits: Value, targets: Value): Value {
  return neg(g, reduceSum(g, mul(g, targets, logSoftmax(g, logits)), [-1]));
}

/** Mean over labels of the cross-entropy of sigmoid(logits) against targets from 0 to 1, both [N, C]: [N, 1]. BCEWithLogitsLoss. */
export function binaryCrossEntropyRows(g: Graph, logits: Value, targets: Value): Value {
  const pairs = concat(g, [column(g, targets), sub(g, 1, column(g, targets))], 1, 2);
  return meanOfLabels(g, targetCrossEntropyRows(g, yesAndNo(g, logits), pairs), logits);
}

/** Mean over labels of KL(sigmoid(teacher) ‖ sigmoid(student)) for logits [N, C] that are already divided by the temperature: [N, 1]. */
export function binaryKlDivergenceRows(g: Graph, student: Value, teacher: Value): Value {
  return meanOfLabels(g, klDivergence(g, yesAndNo(g, student), yesAndNo(g, teacher)), student);
}

/** Every number of [N, C] in a row of its own: [N·C, 1]. */
function column(g: Graph, x: Value): Value {
  return reshape(g, x, [product(x.dims), 1]);
}

/** A label that holds or not is a choice between two: softmax over (x, 0) is (σ(x), 1 - σ(x)), and overflows nowhere. [N·C, 2]. */
function yesAndNo(g: Graph, logits: Value): Value {
  const yes = column(g, logits);
  return concat(g, [yes, zeros(g, yes.dims)], 1, 2);
}

/** The mean over C of rows [N·C, 1] that were made of [N, C]: [N, 1]. */
function meanOfLabels(g: Graph, rows: Value, like: Value): Value {
  const labels = like.dims[1] as number;
  return mul(g, reduceSum(g, reshape(g, rows, [like.dims[0] as Dim, labels]), [-1]), 1 / labels);
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
