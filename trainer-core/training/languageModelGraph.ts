/**
 * The graphs of pre-training and distillation. The vocabulary loss works in chunks of rows: logits are [rows, V], and holding them
 * for all tokens of a batch, for teacher and student, would cost more memory than everything else together.
 * N tokens, R rows that are read out, H hidden, V vocabulary.
 */
import { add, gather, mul, split } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { maskedLmTransform, vocabularyLogits } from '../models/heads.js';
import { cosineRows, crossEntropyRows, klDivergenceRows, squaredErrorRows, weightedSum } from '../nn/losses.js';

/** Losses by name. */
export type LossName = 'ce' | 'mlm' | 'clm' | 'mse' | 'cos';

export interface LanguageModelSettings {
  student: ModelConfig;
  /** Null: there is no teacher, and only `mlm` or `clm` can have a weight. */
  teacher: ModelConfig | null;
  /** Weights in the total; a loss of weight 0 is not computed. */
  weights: Readonly<Partial<Record<LossName, number>>>;
  /** Both models' predictions are divided by it in `ce`. */
  temperature: number;
  /** Compare with the teacher at labelled rows only. */
  restrictCeToMask: boolean;
  /** False for causal language modelling, where Hugging Face's distiller gives the models no mask. */
  attentionMask: boolean;
  /** Chunks of labelled rows and of the others: more chunks, less memory. */
  labelledChunks: number;
  otherChunks: number;
}

/** What is read out of the encoder: rows by flat position, those with a label first. */
export const labelledSymbol = (chunk: number) => `labelled${chunk}`;
export const otherSymbol = (chunk: number) => `other${chunk}`;

export interface LanguageModelGraph {
  graph: Graph;
  /** Σ weight · loss. */
  total: Value;
  losses: Partial<Record<LossName, Value>>;
}

/** Names that teacher weights get in the student's graph. */
export const TEACHER_PREFIX = 'teacher.';

/**
 * The student with its losses. Inputs: the encoder's; `rows` int32 [R], positions in [0, N) to read out; `labels` int32 [labelled];
 * with a teacher `teacherTransformed` and, for `cos`, `teacherHidden`, both [R, H], from `teacherGraph`; what a row's losses are
 * multiplied with, `labelledWeight` [labelled, 1] (`mlm`, `clm`), `comparedWeight` (`ce`, `mse`) and `realWeight` (`cos`), both
 * [R, 1]: 1 / the labelled rows, compared rows and real tokens of the micro-batch that the row is of.
 * Free symbols: the sizes of the chunks, `labelledSymbol(i)` and `otherSymbol(i)`, which sum to R.
 */
export function languageModelGraph(settings: LanguageModelSettings): LanguageModelGraph {
  const { student, teacher, weights, temperature, restrictCeToMask, labelledChunks, otherChunks } = settings;
  const graph = new Graph();
  const ctx = { g: graph, training: true };
  const { hidden } = encoder(ctx, student, { attentionMask: settings.attentionMask });
  const has = (name: LossName) => (weights[name] ?? 0) !== 0;

  const labelledSizes = Array.from({ length: labelledChunks }, (_, i) => labelledSymbol(i));
  const otherSizes = Array.from({ length: otherChunks }, (_, i) => otherSymbol(i));
  const sizes = [...labelledSizes, ...otherSizes];
  // What is in one chunk has that chunk's size, so that shapes agree without a Split.
  const whole = (chunks: readonly string[], name: string) => (chunks.length === 1 ? (chunks[0] as string) : name);
  const rowCount = whole(sizes, 'rows');
  const rows = gather(graph, hidden.at(-1) as Value, graph.input('rows', [rowCount], 'int32')); // [R, H]
  const compares = has('ce') || has('mse');
  const transformed = split(graph, maskedLmTransform(ctx, student, rows), 0, sizes);
  const teacherChunks =
    teacher && compares
      ? split(graph, graph.input('teacherTransformed', [rowCount, teacher.hiddenSize]), 0, sizes)
      : [];
  const labelledCount = whole(labelledSizes, 'labelled');
  const labels = split(graph, graph.input('labels', [labelledCount], 'int32'), 0, labelledSizes);
  const columns = (name: string, rows: string, parts: readonly string[]) =>
    split(graph, graph.input(name, [rows, 1]), 0, parts);
  const labelledWeights = columns('labelledWeight', labelledCount, labelledSizes);
  const comparedWeights = compares ? columns('comparedWeight', rowCount, sizes) : [];

  const sums: Partial<Record<LossName, Value>> = {};
  const accumulate = (name: LossName, losses: Value, weight: Value | undefined) => {
    const value = weightedSum(graph, losses, weight as Value);
    const sum = sums[name];
    sums[name] = sum ? add(graph, sum, value) : value;
  };
  transformed.forEach((chunk, i) => {
    const labelled = i < labelledChunks;
    const compared = compares && (labelled || !restrictCeToMask);
    const label = labelled ? labels[i] : undefined;
    if (!compared && !label) return;
    // One projection serves every loss: softened where the teacher is compared with, then made hard again.
    const soft = compared && has('ce') ? 1 / temperature : 1;
    const logits = vocabularyLogits(graph, student, chunk, soft);
    const hard = (x: Value) => (soft === 1 ? x : mul(graph, x, temperature));
    if (label && has('mlm')) accumulate('mlm', crossEntropyRows(graph, hard(logits), label), labelledWeights[i]);
    if (label && has('clm')) accumulate('clm', crossEntropyRows(graph, hard(logits), label), labelledWeights[i]);
    if (!compared || !teacher) return;
    const teacherLogits = vocabularyLogits(graph, teacher, teacherChunks[i] as Value, soft, TEACHER_PREFIX);
    if (has('ce')) accumulate('ce', klDivergenceRows(graph, logits, teacherLogits), comparedWeights[i]);
    if (has('mse')) accumulate('mse', squaredErrorRows(graph, hard(logits), hard(teacherLogits)), comparedWeights[i]);
  });
  if (has('cos')) {
    const distances = cosineRows(graph, rows, graph.input('teacherHidden', [rowCount, student.hiddenSize]));
    accumulate('cos', distances, graph.input('realWeight', [rowCount, 1]));
  }

  const losses: Partial<Record<LossName, Value>> = {};
  let total: Value | undefined;
  for (const [name, sum] of Object.entries(sums) as [LossName, Value][]) {
    const loss = name === 'ce' ? mul(graph, sum, temperature ** 2) : sum;
    losses[name] = loss;
    const weighted = mul(graph, loss, weights[name] as number);
    total = total ? add(graph, total, weighted) : weighted;
  }
  if (!total) throw new Error('a language model needs a loss');
  return { graph, total, losses };
}

/**
 * The teacher, in evaluation mode: inputs as the student's encoder and `rows`; outputs `hidden` and `transformed`, [R, H]: its last
 * hidden states at those rows, and what its vocabulary projection is applied to.
 */
export function teacherGraph(config: ModelConfig, attentionMask: boolean): Graph {
  const graph = new Graph();
  const ctx = { g: graph, training: false };
  const { hidden } = encoder(ctx, config, { attentionMask });
  const rows = gather(graph, hidden.at(-1) as Value, graph.input('rows', ['rows'], 'int32'));
  graph.output('hidden', rows);
  graph.output('transformed', maskedLmTransform(ctx, config, rows));
  return graph;
}
