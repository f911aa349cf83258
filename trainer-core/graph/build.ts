/** Builder functions: one an op, each working out the shape of its result. */
import { broadcast, type Dim, product, sameDims } from './dims.js';
import type { Graph } from './graph.js';
import type { ElementType, Op, OpAttributes, Value } from './ops.js';

const none = {};

function one<O extends Op>(
  g: Graph,
  op: O,
  inputs: readonly Value[],
  attributes: OpAttributes[O],
  dims: readonly Dim[],
  type: ElementType = 'float32',
): Value {
  return g.node(op, inputs, attributes, [{ dims, type }])[0] as Value;
}

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div';
type Unary = 'Neg' | 'Exp' | 'Log' | 'Sqrt' | 'Erf' | 'Relu' | 'Tanh' | 'Gelu' | 'Softmax' | 'LogSoftmax';
type Operand = Value | number;

const binary = (op: Binary) => (g: Graph, a: Operand, b: Operand) => {
  const [x, y] = [operand(g, a), operand(g, b)];
  return one(g, op, [x, y], none, broadcast(x.dims, y.dims), x.type);
};
const unary = (op: Unary) => (g: Graph, x: Value) => one(g, op, [x], none, x.dims);
const compare = (op: 'Equal' | 'Greater') => (g: Graph, a: Value, b: Value) =>
  one(g, op, [a, b], none, broadcast(a.dims, b.dims), 'bool');

function operand(g: Graph, x: Operand): Value {
  return typeof x === 'number' ? g.scalar(x) : x;
}

/** Element-wise with NumPy broadcasting, of one element type; numbers become float32 scalars. */
export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');

export const neg = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const erf = unary('Erf');
export const relu = unary('Relu');
export const tanh = unary('Tanh');
export const gelu = unary('Gelu');
export const softmax = unary('Softmax');
export const logSoftmax = unary('LogSoftmax');

export const equal = compare('Equal');
export const greater = compare('Greater');

/** `x` as elements of another type; itself where it has that type. */
export function cast(g: Graph, x: Value, to: ElementType): Value {
  return x.type === to ? x : one(g, 'Cast', [x], { to }, x.dims, to);
}

/** [..., M, K] × [..., K, N] → [..., M, N], batch dimensions broadcasting. */
export function matMul(g: Graph, a: Value, b: Value): Value {
  if (a.dims.at(-1) !== b.dims.at(-2))
    throw new Error(`cannot multiply [${a.dims.join(', ')}] by [${b.dims.join(', ')}]`);
  const batch = broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2));
  return one(g, 'MatMul', [a, b], none, [...batch, a.dims.at(-2) as Dim, b.dims.at(-1) as Dim]);
}

/** alpha · A' · B' + beta · C for matrices. Defaults: no transposition, alpha = beta = 1. */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  c: Value | null,
  options: Partial<OpAttributes['Gemm']> = {},
): Value {
  const attributes = { transA: false, transB: false, alpha: 1, beta: 1, ...options };
  const [m, k] = attributes.transA ? [a.dims[1], a.dims[0]] : [a.dims[0], a.dims[1]];
  const [k2, n] = attributes.transB ? [b.dims[1], b.dims[0]] : [b.dims[0], b.dims[1]];
  if (a.dims.length !== 2 || b.dims.length !== 2 || k !== k2)
    throw new Error(`Gemm of [${a.dims.join(', ')}] and [${b.dims.join(', ')}] with ${JSON.stringify(attributes)}`);
  return one(g, 'Gemm', c ? [a, b, c] : [a, b], attributes, [m as Dim, n as Dim]);
}

/** `x`, laid out row by row, with other dimensions whose product is the same; itself where they are its own. */
export function reshape(g: Graph, x: Value, dims: readonly Dim[]): Value {
  if (product(x.dims) !== product(dims))
    throw new Error(`cannot reshape [${x.dims.join(', ')}] to [${dims.join(', ')}]`);
  return sameDims(x.dims, dims) ? x : one(g, 'Reshape', [x], none, dims, x.type);
}

export function transpose(g: Graph, x: Value, perm: readonly number[]): Value {
  return one(
    g,
    'Transpose',
    [x],
    { perm },
    perm.map((i) => x.dims[i] as Dim),
    x.type,
  );
}

/** Swaps the last two axes. */
export function transposeLast(g: Graph, x: Value): Value {
  const rank = x.dims.length;
  return transpose(g, x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

/** Sums over axes, which stay as dimensions of 1. */
export function reduceSum(g: Graph, x: Value, axes: readonly number[]): Value {
  const positive = axes.map((axis) => (axis < 0 ? axis + x.dims.length : axis));
  return one(
    g,
    'ReduceSum',
    [x],
    { axes: positive },
    x.dims.map((dim, i) => (positive.includes(i) ? 1 : dim)),
  );
}

/** `x` summed down to `dims`, which must broadcast to its own: the reverse of broadcasting. */
export function sumTo(g: Graph, x: Value, dims: readonly Dim[]): Value {
  const extra = x.dims.length - dims.length;
  const axes = [...x.dims.keys()].filter((i) => i < extra || (dims[i - extra] === 1 && x.dims[i] !== 1));
  return axes.length === 0 ? reshape(g, x, dims) : reshape(g, reduceSum(g, x, axes), dims);
}

/** Sums over all axes to a scalar. */
export function sumAll(g: Graph, x: Value): Value {
  return reshape(g, reduceSum(g, x, [...x.dims.keys()]), []);
}

/** `x` repeated along dimensions of 1, and along new ones in front, until it has `dims`. */
export function expand(g: Graph, x: Value, dims: readonly Dim[]): Value {
  return sameDims(x.dims, dims) ? x : one(g, 'Expand', [x], none, dims, x.type);
}

/** y = (x - mean) / sqrt(variance + epsilon) · weight + bias over the last axis. Gives y alone. */
export function layerNormalization(g: Graph, x: Value, weight: Value, bias: Value, epsilon: number): Value {
  const reduced = [...x.dims.slice(0, -1), 1];
  return g.node('LayerNormalization', [x, weight, bias], { epsilon }, [
    { dims: x.dims },
    { dims: reduced },
    { dims: reduced },
  ])[0] as Value;
}

/** Rows of `table` [V, ...] by int32 `indices` [...]. */
export function gather(g: Graph, table: Value, indices: Value, paddingIndex: number | null = null): Value {
  return one(g, 'Gather', [table, indices], { paddingIndex }, [...indices.dims, ...table.dims.slice(1)], table.type);
}

/** `parts`, of one element type, one behind the other along `axis`; their sizes there add up to `total`. */
export function concat(g: Graph, parts: readonly Value[], axis: number, total: Dim): Value {
  const first = parts[0] as Value;
  if (parts.length === 1 && first.dims[axis] === total) return first;
  return one(
    g,
    'Concat',
    parts,
    { axis },
    first.dims.map((dim, i) => (i === axis ? total : dim)),
    first.type,
  );
}

/** Cuts `x` along `axis` into pieces of the given sizes. */
export function split(g: Graph, x: Value, axis: number, sizes: readonly Dim[]): Value[] {
  if (sizes.length === 1 && sizes[0] === x.dims[axis]) return [x];
  const specs = sizes.map((size) => ({ dims: x.dims.map((dim, i) => (i === axis ? size : dim)), type: x.type }));
  return g.node('Split', [x], { axis }, specs);
}

/** `a` where the condition holds, else `b`, of one element type; all broadcast, and numbers become float32 scalars. */
export function where(g: Graph, condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = [operand(g, a), operand(g, b)];
  return one(g, 'Where', [condition, x, y], none, broadcast(condition.dims, broadcast(x.dims, y.dims)), x.type);
}

/** Elements `start` to before `end` of an axis. No gradient flows through it. */
export function slice(g: Graph, x: Value, axis: number, start: number, end: number): Value {
  const dims = x.dims.map((dim, i) => (i === axis ? end - start : dim));
  return one(g, 'Slice', [x], { axis, start, end }, dims, x.type);
}

/** Cross-entropy of each row against its label: [N, 1]. */
export function softmaxCrossEntropy(g: Graph, logits: Value, labels: Value): Value {
  const rows = logits.dims[0] as Dim;
  return g.node('SoftmaxCrossEntropy', [logits, labels], none, [
    { dims: [rows, 1] },
    { dims: logits.dims },
  ])[0] as Value;
}

/** KL(softmax(teacher) ‖ softmax(student)) of each row: [N, 1]. No gradient flows to the teacher. */
export function klDivergence(g: Graph, student: Value, teacher: Value): Value {
  const rows = student.dims[0] as Dim;
  return g.node('KlDivergence', [student, teacher], none, [
    { dims: [rows, 1] },
    { dims: student.dims },
    { dims: student.dims },
  ])[0] as Value;
}

/**
 * KL(teacher ‖ student) of each row over k + 1 outcomes, k pieces and "another one": [N, 1]. `pieces` int32 [N, k], different in each
 * row; `teacher` [N, k + 1] are log-probabilities whose exponentials sum to 1. No gradient flows to the teacher.
 */
export function topKDivergence(g: Graph, student: Value, pieces: Value, teacher: Value): Value {
  const rows = student.dims[0] as Dim;
  return g.node('TopKDivergence', [student, pieces, teacher], none, [
    { dims: [rows, 1] },
    { dims: student.dims },
  ])[0] as Value;
}

/** The `k` highest of each row of `x` [N, C], the highest first, and their columns as int32: both [N, k]. */
export function topK(g: Graph, x: Value, k: number): { values: Value; columns: Value } {
  const dims = [x.dims[0] as Dim, k];
  const [values, columns] = g.node('TopK', [x], { k }, [{ dims }, { dims, type: 'int64' }]) as [Value, Value];
  return { values, columns: cast(g, columns, 'int32') };
}

/** Zeros, float32. */
export function zeros(g: Graph, dims: readonly Dim[]): Value {
  return one(g, 'Zeros', [], none, dims);
}

/** int64 [count]: 0, step, 2 · step … */
export function range(g: Graph, count: Dim, step: Dim = 1): Value {
  return one(g, 'Range', [], { step }, [count], 'int64');
}

/** `data` with `updates` [N, ...] added to its rows `indices` (int32 [N]). */
export function scatterAdd(g: Graph, data: Value, indices: Value, updates: Value): Value {
  return one(g, 'ScatterAdd', [data, indices, updates], none, data.dims);
}

/** The last dimension. */
export function lastDim(x: Value): Dim {
  return x.dims.at(-1) as Dim;
}

/** `x` as a matrix whose rows run over all but the last axis. */
export function flattenRows(g: Graph, x: Value): Value {
  return reshape(g, x, [product(x.dims.slice(0, -1)), lastDim(x)]);
}
