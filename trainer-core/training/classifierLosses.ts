/** A classifier with the losses that fine-tuning descends. B texts, C outputs. */
import { classificationGraph } from '../classify/classificationGraph.js';
import { add, mul } from '../graph/build.js';
import type { Dim } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import {
  binaryCrossEntropyRows,
  binaryKlDivergenceRows,
  klDivergenceRows,
  squaredErrorRows,
  targetCrossEntropyRows,
  weightedSum,
} from '../nn/losses.js';
import type { LossName } from '../protocol/events.js';
import type { ProblemType } from '../protocol/problemType.js';

/** How a fine-tuned teacher's answers count beside the labels of the data. */
export interface SoftLabelSettings {
  /** Both models' logits are divided by it. */
  temperature: number;
  /** Weight of the difference from the teacher. */
  alphaCe: number;
  /** Weight of the loss against the labels. */
  alphaLabels: number;
}

export interface Losses {
  /** What is descended. */
  total: Value;
  /** The losses that it is made of, where it is made of two. */
  losses: Partial<Record<LossName, Value>>;
}

export interface ClassifierLosses extends Losses {
  graph: Graph;
}

type Rows = (g: Graph, logits: Value, other: Value) => Value;

/** Of each text: the loss against its targets [B, C], and the difference from a teacher's logits [B, C]. */
const ROWS: Readonly<Record<ProblemType, { labels: Rows; ce: Rows }>> = {
  single_label_classification: { labels: targetCrossEntropyRows, ce: klDivergenceRows },
  multi_label_classification: { labels: binaryCrossEntropyRows, ce: binaryKlDivergenceRows },
  // Up to a constant, the KL divergence of two normal distributions of one variance.
  regression: { labels: squaredErrorRows, ce: squaredErrorRows },
};

/** Inputs: those of `classificationGraph` and of `lossesOf`. */
export function classifierLosses(config: ModelConfig, soft: SoftLabelSettings | null): ClassifierLosses {
  const { graph, logits } = classificationGraph(config, true);
  return { graph, ...lossesOf(graph, logits, config.problemType, soft) };
}

/**
 * The losses of logits [B, C]. Inputs: `targets` [B, C] and `labelsWeight` [B, 1], which the loss against the labels is multiplied
 * with: 1 / what the mean of the text's micro-batch goes over. With soft labels also `teacherLogits` [B, C] and `ceWeight` [B, 1].
 * `ce` is multiplied with the square of the temperature, which its gradient falls with (Hinton et al. 2015).
 */
export function lossesOf(graph: Graph, logits: Value, problem: ProblemType, soft: SoftLabelSettings | null): Losses {
  const rows = ROWS[problem];
  const weights = (name: LossName) => graph.input(`${name}Weight`, [logits.dims[0] as Dim, 1]);
  const targets = graph.input('targets', logits.dims);
  const labels = weightedSum(graph, rows.labels(graph, logits, targets), weights('labels'));
  if (soft === null) return { total: labels, losses: {} };
  const { temperature, alphaCe, alphaLabels } = soft;
  const softened = (x: Value) => mul(graph, x, 1 / temperature);
  const apart = rows.ce(graph, softened(logits), softened(graph.input('teacherLogits', logits.dims)));
  const ce = mul(graph, weightedSum(graph, apart, weights('ce')), temperature ** 2);
  const total = add(graph, mul(graph, ce, alphaCe), mul(graph, labels, alphaLabels));
  return { total, losses: { ce, labels } };
}
