/**
 * The self-attention relations of MiniLMv2 (Wang et al. 2021, §3): queries, keys and values of all heads are put together and cut
 * anew into relation heads, so that models of other head counts and hidden sizes can be compared.
 * B batch, S sequence, N = B·S tokens, H hidden, R relation heads.
 */
import { add, klDivergence, matMul, mul, reduceSum, reshape, transpose, transposeLast } from '../graph/build.js';
import { type Dim, product } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';

export interface RelationLayout {
  batch: Dim;
  sequence: Dim;
  /** R; it divides the hidden sizes of both models. */
  heads: number;
  /** [B, 1, 1, S], 0 at real tokens and hugely negative at padding; null when all tokens count. */
  bias: Value | null;
}

/**
 * For each token the mean over relation heads of KL(teacher's relation ‖ student's): [N, 1]. A relation is softmax(X·Xᵀ / √d) for
 * the d columns X of a head.
 * @param student [N, H], queries, keys or values as they come from their projection. @param teacher the same of another H.
 */
export function relationRows(g: Graph, student: Value, teacher: Value, layout: RelationLayout): Value {
  const { batch, sequence, heads } = layout;
  const divergence = klDivergence(g, relationLogits(g, student, layout), relationLogits(g, teacher, layout));
  const ofHeads = reduceSum(g, reshape(g, divergence, [batch, heads, sequence]), [1]); // [B, 1, S]
  return mul(g, reshape(g, ofHeads, [product([batch, sequence]), 1]), 1 / heads);
}

/** A row for each head and token, over the tokens of its sequence: [B·R·S, S]. */
function relationLogits(g: Graph, x: Value, { batch, sequence, heads, bias }: RelationLayout): Value {
  const size = (x.dims[1] as number) / heads;
  // Both factors are divided by d^¼ instead of the larger product by √d.
  const cut = reshape(g, mul(g, x, size ** -0.25), [batch, sequence, heads, size]);
  const parts = transpose(g, cut, [0, 2, 1, 3]); // [B, R, S, d]
  const products = matMul(g, parts, transposeLast(g, parts)); // [B, R, S, S]
  return reshape(g, bias ? add(g, products, bias) : products, [product([batch, heads, sequence]), sequence]);
}
