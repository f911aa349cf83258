/** Scaled dot-product attention over several heads (Vaswani et al. 2017). */
import { add, matMul, mul, reshape, softmax, sub, transpose } from '../graph/build.js';
import type { Dim } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { type Context, dropout } from './layers.js';

/** How tokens are laid out and what may be looked at. */
export interface AttentionLayout {
  batch: Dim;
  /** Length of the keys and values, and of the queries unless `queryLength` says otherwise. */
  sequence: Dim;
  heads: number;
  headSize: number;
  /** [B, 1, 1, S], 0 where a key may be seen and hugely negative where not; null when all may. */
  bias: Value | null;
  /** Probability of dropping an attention weight. */
  dropout: number;
}

/**
 * softmax(q·kᵀ + bias)·v, head by head; `q` comes scaled by 1/√D already.
 * @param q [B·Q, H] @param k [B·S, H] @param v [B·S, H]
 * @param queryLength Q, queries a sequence.
 * @returns the contexts [B·Q, H], the scores q·kᵀ without bias and the weights after softmax, before dropout; both [B, A, Q, S].
 */
export function attention(
  ctx: Context,
  q: Value,
  k: Value,
  v: Value,
  layout: AttentionLayout,
  queryLength: Dim = layout.sequence,
): { context: Value; scores: Value; weights: Value } {
  const { g } = ctx;
  const { batch, sequence, heads, headSize } = layout;
  const split = (x: Value, length: Dim) => reshape(g, x, [batch, length, heads, headSize]);
  const queries = transpose(g, split(q, queryLength), [0, 2, 1, 3]); // [B, A, Q, D]
  const keys = transpose(g, split(k, sequence), [0, 2, 3, 1]); // [B, A, D, S]
  const values = transpose(g, split(v, sequence), [0, 2, 1, 3]); // [B, A, S, D]
  const scores = matMul(g, queries, keys); // [B, A, Q, S]
  const weights = softmax(g, layout.bias ? add(g, scores, layout.bias) : scores);
  const contexts = matMul(g, dropout(ctx, weights, layout.dropout), values); // [B, A, Q, D]
  return { context: reshape(g, transpose(g, contexts, [0, 2, 1, 3]), q.dims), scores, weights };
}

/** The additive bias [B, 1, 1, S] of an attention mask [B, S] of zeros and ones: Hugging Face's `(1 - mask) · float32 min`. */
export function attentionBias(g: Graph, mask: Value): Value {
  const [batch, sequence] = mask.dims as [Dim, Dim];
  return reshape(g, mul(g, sub(g, 1, mask), -3.4028234663852886e38), [batch, 1, 1, sequence]);
}
