/**
 * Linear maps from the student's hidden states to the teacher's width, for losses that compare the two (TinyBERT, Jiao et al. 2020,
 * eq. 8): W_h for the layers and W_e for the embeddings. They are trained with the student and are no part of it.
 */
import { gemm } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { NamedTensors } from '../protocol/tensor.js';

const NAMES = { hidden: 'projection.hidden.weight', embeddings: 'projection.embeddings.weight' } as const;

/** `x` [N, student's H] as the teacher's [N, H]: `x` itself where the two are the same. */
export function projected(g: Graph, x: Value, of: keyof typeof NAMES, teacherSize: number): Value {
  const size = x.dims[1] as number;
  if (size === teacherSize) return x;
  return gemm(g, x, g.parameter(NAMES[of], [teacherSize, size]), null, { transB: true });
}

/** New projections, normal(0, `deviation`); none where the sizes are the same. @param normal draws from the standard normal distribution. */
export function initialProjections(
  studentSize: number,
  teacherSize: number,
  deviation: number,
  normal: () => number,
): NamedTensors {
  if (studentSize === teacherSize) return new Map();
  const dims = [teacherSize, studentSize];
  const draw = () => ({
    dims,
    data: Float32Array.from({ length: teacherSize * studentSize }, () => deviation * normal()),
  });
  return new Map(Object.values(NAMES).map((name) => [name, draw()]));
}
