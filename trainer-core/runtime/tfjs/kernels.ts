/** Every op of a graph in TensorFlow.js's ops: what `emitters.ts` spells in ONNX, computed at once. */
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { type ElementType, type Op, type OpAttributes, SMALLEST_REST } from '../../graph/ops.js';
import type { Tensorflow } from './loadTensorflow.js';

/** What a kernel sees of the node that it computes. */
export interface KernelContext<O extends Op> {
  tf: Tensorflow;
  x: readonly Tensor[];
  attributes: OpAttributes[O];
  /** The dimensions of each output in this run. */
  dims: readonly (readonly number[])[];
  /** What a dimension is in this run. */
  sizeOf(dim: number | string): number;
}

/** Gives a new tensor for each output, never one of its inputs. What else it makes is freed by the caller. */
export type TfjsKernel<O extends Op> = (context: KernelContext<O>) => Tensor | Tensor[];

/** int64 is int32 here: TensorFlow.js has no other, and our int64 values are columns and positions. */
const DTYPES: Record<ElementType, DataType> = { float32: 'float32', int32: 'int32', int64: 'int32', bool: 'bool' };

const at = (x: readonly Tensor[], i: number): Tensor => x[i] as Tensor;
const shapeOf = (dims: readonly (readonly number[])[]): number[] => [...(dims[0] as readonly number[])];

type Unary = 'neg' | 'exp' | 'log' | 'sqrt' | 'erf' | 'relu' | 'tanh' | 'softmax' | 'logSoftmax';
type Binary = 'add' | 'sub' | 'mul' | 'div' | 'equal' | 'greater';

const unary =
  (name: Unary) =>
  ({ tf, x }: { tf: Tensorflow; x: readonly Tensor[] }) =>
    tf[name](at(x, 0));
const binary =
  (name: Binary) =>
  ({ tf, x }: { tf: Tensorflow; x: readonly Tensor[] }) =>
    tf[name](at(x, 0), at(x, 1));

/** The table: an op without a kernel does not compile. Reductions and softmaxes are over the last axis unless said. */
export const tfjsKernels: { readonly [O in Op]: TfjsKernel<O> } = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Sqrt: unary('sqrt'),
  Erf: unary('erf'),
  Relu: unary('relu'),
  Tanh: unary('tanh'),
  Softmax: unary('softmax'),
  LogSoftmax: unary('logSoftmax'),
  Equal: binary('equal'),
  Greater: binary('greater'),
  Gelu: ({ tf, x }) => tf.mul(tf.mul(at(x, 0), 0.5), tf.add(tf.erf(tf.mul(at(x, 0), Math.SQRT1_2)), 1)),
  Where: ({ tf, x }) => tf.where(at(x, 0), at(x, 1), at(x, 2)),
  // Broadcast first: the CPU backend takes a smaller batch round and round, which is right only where its last axes are the other's.
  MatMul: ({ tf, x, dims }) => {
    const batch = shapeOf(dims).slice(0, -2);
    const [a, b] = [at(x, 0), at(x, 1)].map((each) => tf.broadcastTo(each, [...batch, ...each.shape.slice(-2)]));
    return tf.matMul(a as Tensor, b as Tensor);
  },
  Gemm: ({ tf, x, attributes: { transA, transB, alpha, beta } }) => {
    const scaled = (y: Tensor, by: number) => (by === 1 ? y : tf.mul(y, by));
    const product = scaled(tf.matMul(at(x, 0), at(x, 1), transA, transB), alpha);
    return x[2] ? tf.add(product, scaled(x[2], beta)) : product;
  },
  Reshape: ({ tf, x, dims }) => tf.reshape(at(x, 0), shapeOf(dims)),
  Transpose: ({ tf, x, attributes: { perm } }) => tf.transpose(at(x, 0), [...perm]),
  ReduceSum: ({ tf, x, attributes: { axes } }) => tf.sum(at(x, 0), [...axes], true),
  LayerNormalization: ({ tf, x, attributes: { epsilon } }) => {
    const mean = tf.mean(at(x, 0), -1, true);
    const centred = tf.sub(at(x, 0), mean);
    const inverseStdDev = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const y = tf.add(tf.mul(tf.mul(centred, inverseStdDev), at(x, 1)), at(x, 2));
    return [y, mean, inverseStdDev];
  },
  Gather: ({ tf, x }) => tf.gather(at(x, 0), at(x, 1)),
  Concat: ({ tf, x, attributes: { axis } }) => tf.concat([...x], axis),
  Split: ({ tf, x, dims, attributes: { axis } }) =>
    tf.split(
      at(x, 0),
      dims.map((each) => each[axis] as number),
      axis,
    ),
  Slice: ({ tf, x, dims, attributes: { axis, start } }) => {
    const begin = shapeOf(dims).map((_, i) => (i === axis ? start : 0));
    return tf.slice(at(x, 0), begin, shapeOf(dims));
  },
  Expand: ({ tf, x, dims }) => tf.broadcastTo(at(x, 0), shapeOf(dims)),
  Zeros: ({ tf, dims }) => tf.zeros(shapeOf(dims)),
  Range: ({ tf, dims, attributes, sizeOf }) => {
    const step = sizeOf(attributes.step);
    return tf.range(0, (shapeOf(dims)[0] as number) * step, step, 'int32');
  },
  Cast: ({ tf, x, attributes: { to } }) => tf.cast(at(x, 0), DTYPES[to]),
  ScatterAdd: ({ tf, x }) => {
    const [data, indices, updates] = [at(x, 0), at(x, 1), at(x, 2)];
    return tf.add(data, tf.scatterND(tf.expandDims(indices, 1), updates, data.shape));
  },
  TopK: ({ tf, x, attributes: { k } }) => {
    const { values, indices } = tf.topk(at(x, 0), k);
    return [values, indices];
  },
  SoftmaxCrossEntropy: ({ tf, x }) => {
    const logProbabilities = tf.logSoftmax(at(x, 0));
    const picked = pick(tf, logProbabilities, tf.expandDims(at(x, 1), 1));
    return [tf.neg(picked), logProbabilities];
  },
  KlDivergence: ({ tf, x }) => {
    const [logStudent, logTeacher] = [tf.logSoftmax(at(x, 0)), tf.logSoftmax(at(x, 1))];
    const pTeacher = tf.exp(logTeacher);
    return [tf.sum(tf.mul(pTeacher, tf.sub(logTeacher, logStudent)), 1, true), logStudent, pTeacher];
  },
  TopKDivergence: ({ tf, x }) => {
    const [student, pieces, logTeacher] = [at(x, 0), at(x, 1), at(x, 2)];
    const k = pieces.shape[1] as number;
    const logStudent = tf.logSoftmax(student);
    const logTop = pick(tf, logStudent, pieces);
    const others = tf.mul(tf.exp(logStudent), tf.sub(1, place(tf, tf.onesLike(logTop), pieces, student.shape)));
    const rest = tf.maximum(tf.sum(others, 1, true), SMALLEST_REST);
    const compared = tf.concat([logTop, tf.log(rest)], 1);
    const pTeacher = tf.exp(logTeacher);
    const [pTop, pRest] = tf.split(pTeacher, [k, 1], 1) as [Tensor, Tensor];
    const ofOthers = tf.mul(others, tf.sub(1, tf.div(pRest, rest)));
    const ofTop = place(tf, tf.sub(tf.exp(logTop), pTop), pieces, student.shape);
    return [tf.sum(tf.mul(pTeacher, tf.sub(logTeacher, compared)), 1, true), tf.add(ofOthers, ofTop)];
  },
};

/** Of each row of `x` [N, V] the elements in `columns` [N, k]: [N, k]. */
function pick(tf: Tensorflow, x: Tensor, columns: Tensor): Tensor {
  return tf.gather(tf.reshape(x, [-1]), flatIndex(tf, columns, x.shape[1] as number));
}

/** Zeros [N, V] but for `values` [N, k] in `columns` [N, k], which differ within a row. */
function place(tf: Tensorflow, values: Tensor, columns: Tensor, shape: number[]): Tensor {
  const index = tf.reshape(flatIndex(tf, columns, shape[1] as number), [-1, 1]);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.reshape(tf.scatterND(index, tf.reshape(values, [-1]), [size]), shape);
}

/** Where `columns` [N, k] of rows of `width` elements lie when the rows lie one after the other. */
function flatIndex(tf: Tensorflow, columns: Tensor, width: number): Tensor {
  const rows = columns.shape[0] as number;
  return tf.add(tf.reshape(tf.range(0, rows * width, width, 'int32'), [rows, 1]), columns);
}
