/** The graph of pre-training and distillation: a student and its losses. N tokens, R rows that are read out, B batch, S sequence, H hidden. */
import { add, gather, mul } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { cosineRows, weightedSum } from '../nn/losses.js';
import type { LossName } from '../protocol/events.js';
import type { Scheduled } from '../protocol/scheduled.js';
import { innerLosses } from './innerLosses.js';
import { hasLoss, type LanguageModelLosses, scheduledValue } from './lossSettings.js';
import { projected } from './projection.js';
import { TEACHER } from './teacherGraph.js';
import { chunksOf, vocabularyLosses } from './vocabularyLosses.js';

export interface LanguageModelSettings extends LanguageModelLosses {
  student: ModelConfig;
  /** Null: there is no teacher, and only `mlm` or `clm` can have a weight. */
  teacher: ModelConfig | null;
  /** False for causal language modelling, where Hugging Face's distiller gives the models no mask. */
  attentionMask: boolean;
  /** Chunks of labelled rows and of the others: more chunks, less memory. */
  labelledChunks: number;
  otherChunks: number;
}

export interface LanguageModelGraph {
  graph: Graph;
  /** Σ weight · loss. */
  total: Value;
  losses: Partial<Record<LossName, Value>>;
}

/**
 * The student with its losses. Inputs: the encoder's; `rows` int32 [R], positions in [0, N) to read out, those with a label first;
 * `labels` int32 [labelled]; what `teacherGraph` makes, under the names of `TEACHER`; and what losses are multiplied with, which is
 * 1 / what the mean of their micro-batch goes over: of a row `labelledWeight` [labelled, 1] (`mlm`, `clm`), `comparedWeight` (`ce`,
 * `mse`) and `realWeight` (`cos`), both [R, 1]; of a token `tokenWeight` [B, S] (`hidden`, `attention`, `relation`), which is 0 at
 * padding; of a key `keyWeight` [B, S] (`attention`), 1 / the length of its sequence. Free symbols: the sizes of the chunks,
 * `labelledSymbol(i)` and `otherSymbol(i)`, which sum to R. What moves over the run is an input, see `scheduledValue`.
 */
export function languageModelGraph(settings: LanguageModelSettings): LanguageModelGraph {
  const { student, teacher, weights, labelledChunks, otherChunks } = settings;
  const graph = new Graph();
  const ctx = { g: graph, training: true };
  const encoded = encoder(ctx, student, { attentionMask: settings.attentionMask });

  const chunks = chunksOf(labelledChunks, otherChunks);
  const last = encoded.hidden.at(-1) as Value;
  const rows = gather(graph, last, graph.input('rows', [chunks.rowCount], 'int32')); // [R, H]
  const losses: Partial<Record<LossName, Value>> = vocabularyLosses(ctx, rows, chunks, settings);
  if (teacher && hasLoss(settings, 'cos')) {
    const ofTeacher = graph.input(TEACHER.last, [chunks.rowCount, teacher.hiddenSize]);
    const distances = cosineRows(graph, projected(graph, rows, 'hidden', teacher.hiddenSize), ofTeacher);
    losses.cos = weightedSum(graph, distances, graph.input('realWeight', [chunks.rowCount, 1]));
  }
  if (teacher) Object.assign(losses, innerLosses(graph, encoded, { ...settings, teacher }));

  let total: Value | undefined;
  for (const [name, loss] of Object.entries(losses) as [LossName, Value][]) {
    const weighted = mul(graph, loss, scheduledValue(graph, name, weights[name] as Scheduled));
    total = total ? add(graph, total, weighted) : weighted;
  }
  if (!total) throw new Error('a language model needs a loss');
  return { graph, total, losses };
}
