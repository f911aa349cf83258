/**
 * Losses on what lies inside of two models (TinyBERT, Jiao et al. 2020, eq. 7-9), each a column of one number a token.
 * B batch, S sequence, N = B·S tokens, H hidden, A heads.
 */
import { mul, reduceSum, reshape, sub } from '../graph/build.js';
import { type Dim, product } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { squaredErrorRows } from './losses.js';

/** Mean over H of (student - teacher)² for hidden states [N, H]: [N, 1]. */
export function hiddenStateRows(g: Graph, student: Value, teacher: Value): Value {
  return mul(g, squaredErrorRows(g, student, teacher), 1 / (student.dims[1] as number));
}

/**
 * For each query the mean of (student - teacher)² over heads and keys, for attention scores before softmax [B, A, S, S]: [N, 1].
 * @param keyWeights [B, S]: 1 / the sequence's length at its real tokens, 0 at padding.
 */
export function attentionScoreRows(g: Graph, student: Value, teacher: Value, keyWeights: Value): Value {
  const [batch, heads, sequence] = student.dims as [Dim, number, Dim];
  const difference = sub(g, student, teacher);
  const ofHeads = mul(g, reduceSum(g, mul(g, difference, difference), [1]), 1 / heads); // [B, 1, S, S]
  const ofKeys = reduceSum(g, mul(g, ofHeads, reshape(g, keyWeights, [batch, 1, 1, sequence])), [-1]);
  return reshape(g, ofKeys, [product([batch, sequence]), 1]);
}
