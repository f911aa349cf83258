/**
 * Layers built from graph ops. Shapes: B batch, S sequence, H hidden, A heads, D head size, N = B·S tokens.
 * Weights follow PyTorch: a linear weight is [out, in].
 */
import { add, gather, gemm, layerNormalization, mul } from '../graph/build.js';
import type { Dim } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';

/** A graph under construction, and whether it is for training (dropout on) or for inference. */
export interface Context {
  g: Graph;
  training: boolean;
}

/** x · weightᵀ + bias for x [N, in]. `scale` multiplies the result at no cost. Parameters: `NAME.weight`, `NAME.bias`. */
export function linear({ g }: Context, x: Value, name: string, outSize: number, scale = 1): Value {
  const weight = g.parameter(`${name}.weight`, [outSize, x.dims[1] as Dim]);
  const bias = g.parameter(`${name}.bias`, [outSize]);
  return gemm(g, x, weight, bias, { transB: true, alpha: scale, beta: scale }); // [N, out]
}

/** Layer normalisation over the last axis (Ba et al. 2016). Parameters: `NAME.weight`, `NAME.bias`. */
export function layerNorm({ g }: Context, x: Value, name: string, epsilon: number): Value {
  const size = x.dims.at(-1) as Dim;
  return layerNormalization(g, x, g.parameter(`${name}.weight`, [size]), g.parameter(`${name}.bias`, [size]), epsilon);
}

/** Inverted dropout; the identity in inference or at probability 0. */
export function dropout({ g, training }: Context, x: Value, probability: number): Value {
  if (!training || probability === 0) return x;
  const site = g.inputsOf('dropoutMask').length;
  const mask = g.input(`dropout.${site}`, x.dims, 'float32', { kind: 'dropoutMask', probability, site });
  return mul(g, x, mask);
}

/** Rows of the table `NAME.weight` [rows, size] by int32 index. */
export function embedding(
  { g }: Context,
  indices: Value,
  name: string,
  rows: number,
  size: number,
  paddingIndex: number | null = null,
): Value {
  return gather(g, g.parameter(`${name}.weight`, [rows, size]), indices, paddingIndex);
}

/** The residual connection. */
export function residual({ g }: Context, x: Value, fx: Value): Value {
  return add(g, fx, x);
}
