/** The teacher as the student's losses read it. N tokens, R rows that are read out, H hidden, A heads, B batch, S sequence. */
import { gather, mul } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder, type LayerAttention } from '../models/encoder.js';
import { maskedLmTransform } from '../models/heads.js';

/** What the student's losses read of the teacher. */
export interface TeacherReads {
  /** What the vocabulary projection is applied to, at the rows that are read out. */
  transformed: boolean;
  /** The last hidden states at the rows that are read out. */
  last: boolean;
  /** Hidden states of all tokens: 0 the embeddings, i the output of layer i - 1. */
  states: readonly number[];
  /** Layers, from 0, whose attention scores are read. */
  scores: readonly number[];
  /** The layer whose queries, keys and values are read; null: none. */
  relation: number | null;
}

/** All that the vocabulary's and the cosine loss read. */
export const PREDICTIONS: TeacherReads = { transformed: true, last: true, states: [], scores: [], relation: null };

/** Names under which the teacher's outputs are the student's inputs. */
export const TEACHER = {
  /** [R, H] */
  transformed: 'teacherTransformed',
  /** int32 [R, k], and log-probabilities at the temperature [R, k + 1]: what `TopPredictions` have, not the graph. */
  pieces: 'teacherPieces',
  logProbabilities: 'teacherLogProbabilities',
  /** [R, H] */
  last: 'teacherHidden',
  /** [N, H] */
  states: (i: number) => `teacherStates.${i}`,
  /** [B, A, S, S] */
  scores: (layer: number) => `teacherScores.${layer}`,
  /** [N, H] */
  relation: (part: RelationPart) => `teacherRelation.${part}`,
} as const;

export const relationParts = ['query', 'key', 'value'] as const;
export type RelationPart = (typeof relationParts)[number];

/** Queries, keys or values of a layer as they come from their projection. */
export function relationInput(g: Graph, config: ModelConfig, layer: LayerAttention, part: RelationPart): Value {
  return part === 'query' ? mul(g, layer.query, Math.sqrt(config.hiddenSize / config.heads)) : layer[part];
}

/** True when nothing of the teacher is read but its vocabulary projection's weights, if those. */
export function readsNothing({ transformed, last, states, scores, relation }: TeacherReads): boolean {
  return !transformed && !last && states.length === 0 && scores.length === 0 && relation === null;
}

/** The teacher, in evaluation mode: inputs as the student's encoder and `rows` int32 [R]; outputs what is read, under the names of `TEACHER`. */
export function teacherGraph(config: ModelConfig, attentionMask: boolean, reads: TeacherReads = PREDICTIONS): Graph {
  const graph = new Graph();
  const ctx = { g: graph, training: false };
  const { hidden, layers } = encoder(ctx, config, { attentionMask });
  if (reads.transformed || reads.last) {
    const rows = gather(graph, hidden.at(-1) as Value, graph.input('rows', ['rows'], 'int32'));
    if (reads.last) graph.output(TEACHER.last, rows);
    if (reads.transformed) graph.output(TEACHER.transformed, maskedLmTransform(ctx, config, rows));
  }
  for (const i of reads.states) graph.output(TEACHER.states(i), hidden[i] as Value);
  for (const i of reads.scores) graph.output(TEACHER.scores(i), layers[i]?.scores as Value);
  if (reads.relation !== null) {
    const layer = layers[reads.relation] as LayerAttention;
    for (const part of relationParts) graph.output(TEACHER.relation(part), relationInput(graph, config, layer, part));
  }
  return graph;
}
