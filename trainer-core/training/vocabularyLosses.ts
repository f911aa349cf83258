/**
 * The losses over the vocabulary. They are worked out in chunks of rows: logits are [rows, V], and holding them for all tokens of a
 * batch, for teacher and student, would cost more memory than everything else together. R rows that are read out, H hidden, V vocabulary.
 */
import { add, div, mul, split } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { maskedLmTransform, vocabularyLogits } from '../models/heads.js';
import type { Context } from '../nn/layers.js';
import { crossEntropyRows, klDivergenceRows, squaredErrorRows, topKDivergenceRows, weightedSum } from '../nn/losses.js';
import type { LossName } from '../protocol/events.js';
import type { LanguageModelSettings } from './languageModelGraph.js';
import { hasLoss, scheduledValue } from './lossSettings.js';
import { TEACHER } from './teacherGraph.js';

/** Sizes of chunks: first of rows with a label, then of the others. */
export const labelledSymbol = (chunk: number) => `labelled${chunk}`;
export const otherSymbol = (chunk: number) => `other${chunk}`;

export interface Chunks {
  labelled: readonly string[];
  labelledCount: string;
  others: readonly string[];
  /** R */
  rowCount: string;
}

export function chunksOf(labelledChunks: number, otherChunks: number): Chunks {
  const labelled = Array.from({ length: labelledChunks }, (_, i) => labelledSymbol(i));
  const others = Array.from({ length: otherChunks }, (_, i) => otherSymbol(i));
  // What is in one chunk has that chunk's size, so that shapes agree without a Split.
  const whole = (chunks: readonly string[], name: string) => (chunks.length === 1 ? (chunks[0] as string) : name);
  return {
    labelled,
    labelledCount: whole(labelled, 'labelled'),
    others,
    rowCount: whole([...labelled, ...others], 'rows'),
  };
}

/** Names that teacher weights get in the student's graph. */
export const TEACHER_PREFIX = 'teacher.';

/** `ce`, `mlm`, `clm` and `mse` of the student's last hidden states `rows` [R, H], those that have a weight. */
export function vocabularyLosses(
  ctx: Context,
  rows: Value,
  chunks: Chunks,
  settings: LanguageModelSettings,
): Partial<Record<LossName, Value>> {
  const { g: graph } = ctx;
  const { student, teacher, temperature, restrictCeToMask, topK } = settings;
  const has = (name: LossName) => hasLoss(settings, name);
  const compares = has('ce') || has('mse');
  const sizes = [...chunks.labelled, ...chunks.others];
  const columns = (name: string, of: string, parts: readonly string[]) =>
    split(graph, graph.input(name, [of, 1]), 0, parts);
  const transformed = split(graph, maskedLmTransform(ctx, student, rows), 0, sizes);
  const readsWhole = has('mse') || topK === undefined;
  const teacherChunks =
    teacher && compares && readsWhole
      ? split(graph, graph.input(TEACHER.transformed, [chunks.rowCount, teacher.hiddenSize]), 0, sizes)
      : [];
  const tops = has('ce') && topK !== undefined ? topInputs(graph, chunks, topK, restrictCeToMask) : null;
  const labels = split(graph, graph.input('labels', [chunks.labelledCount], 'int32'), 0, chunks.labelled);
  const labelledWeights = columns('labelledWeight', chunks.labelledCount, chunks.labelled);
  const comparedWeights = compares ? columns('comparedWeight', chunks.rowCount, sizes) : [];

  const t = has('ce') ? scheduledValue(graph, 'temperature', temperature) : null;
  const inverse = typeof temperature === 'number' ? 1 / temperature : t && div(graph, 1, t);
  const sums: Partial<Record<LossName, Value>> = {};
  const accumulate = (name: LossName, losses: Value, weight: Value | undefined) => {
    const value = weightedSum(graph, losses, weight as Value);
    const sum = sums[name];
    sums[name] = sum ? add(graph, sum, value) : value;
  };
  transformed.forEach((chunk, i) => {
    const labelled = i < chunks.labelled.length;
    const compared = compares && (labelled || !restrictCeToMask);
    const label = labelled ? labels[i] : undefined;
    if (!compared && !label) return;
    // One projection serves every loss: softened where the teacher is compared with, then made hard again.
    const soft = compared && inverse !== null && has('ce') ? inverse : 1;
    const logits = vocabularyLogits(graph, student, chunk, soft);
    const hard = (x: Value) => (soft === 1 || !t ? x : mul(graph, x, t));
    if (label && has('mlm')) accumulate('mlm', crossEntropyRows(graph, hard(logits), label), labelledWeights[i]);
    if (label && has('clm')) accumulate('clm', crossEntropyRows(graph, hard(logits), label), labelledWeights[i]);
    if (!compared || !teacher) return;
    if (tops) {
      const divergence = topKDivergenceRows(graph, logits, tops.pieces[i] as Value, tops.logProbabilities[i] as Value);
      accumulate('ce', divergence, comparedWeights[i]);
    }
    if (!readsWhole) return;
    const teacherLogits = vocabularyLogits(graph, teacher, teacherChunks[i] as Value, soft, TEACHER_PREFIX);
    if (has('ce') && !tops) accumulate('ce', klDivergenceRows(graph, logits, teacherLogits), comparedWeights[i]);
    if (has('mse')) accumulate('mse', squaredErrorRows(graph, hard(logits), hard(teacherLogits)), comparedWeights[i]);
  });
  if (sums.ce && t)
    sums.ce = mul(graph, sums.ce, typeof temperature === 'number' ? temperature ** 2 : mul(graph, t, t));
  return sums;
}

/** The k most probable pieces of the rows that are compared, and what they and all others have, chunk by chunk. */
function topInputs(g: Graph, chunks: Chunks, k: number, restrictCeToMask: boolean) {
  const { labelled, others, labelledCount, rowCount } = chunks;
  const [count, sizes] = restrictCeToMask ? [labelledCount, labelled] : [rowCount, [...labelled, ...others]];
  return {
    pieces: split(g, g.input(TEACHER.pieces, [count, k], 'int32'), 0, sizes),
    logProbabilities: split(g, g.input(TEACHER.logProbabilities, [count, k + 1]), 0, sizes),
  };
}
