/** The gradient of every differentiable op, all on one page: given dY for an output, the dX for each input. */
import {
  add,
  cast,
  concat,
  div,
  equal,
  erf,
  exp,
  expand,
  gemm,
  greater,
  matMul,
  mul,
  neg,
  reduceSum,
  reshape,
  scatterAdd,
  split,
  sub,
  sumTo,
  transpose,
  transposeLast,
  where,
  zeros,
} from '../graph/build.js';
import { type Dim, product } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { DifferentiableOp, OpAttributes, Value } from '../graph/ops.js';

/**
 * A contribution to the gradient of an input: a value, or a function that adds itself to a running sum
 * in the same pass (a Gemm's C operand, a scatter's target), or null where no gradient flows.
 */
export type Contribution = Value | ((sum: Value | null) => Value) | null;

/** What a rule sees: the forward node's inputs `x`, outputs `y`, attributes, and the gradient `dY` of each output. */
export interface RuleContext<O extends DifferentiableOp> {
  g: Graph;
  x: readonly Value[];
  y: readonly Value[];
  attributes: OpAttributes[O];
  /** Gradients of the outputs; only ops with several differentiable outputs (Split) look past the first. */
  dY: readonly (Value | null)[];
  dy: Value;
}

export type GradientRule<O extends DifferentiableOp> = (context: RuleContext<O>) => readonly Contribution[];

const at = (values: readonly Value[], i: number): Value => values[i] as Value;

/** Broadcast inputs get the sum over the broadcast axes; the walk does that, so rules may return dY's own shape. */
export const gradientRules: { readonly [O in DifferentiableOp]: GradientRule<O> } = {
  Add: ({ dy }) => [dy, dy],
  Sub: ({ g, dy }) => [dy, neg(g, dy)],
  Mul: ({ g, x, dy }) => [mul(g, dy, at(x, 1)), mul(g, dy, at(x, 0))],
  // d(a/b) = dy/b, -dy·y/b
  Div: ({ g, x, y, dy }) => {
    const dA = div(g, dy, at(x, 1));
    return [dA, neg(g, mul(g, dA, at(y, 0)))];
  },
  Neg: ({ g, dy }) => [neg(g, dy)],
  Exp: ({ g, y, dy }) => [mul(g, dy, at(y, 0))],
  Log: ({ g, x, dy }) => [div(g, dy, at(x, 0))],
  // d√x = dy / (2√x)
  Sqrt: ({ g, y, dy }) => [div(g, mul(g, dy, 0.5), at(y, 0))],
  // erf' = 2/√π · e^(-x²)
  Erf: ({ g, x, dy }) => [mul(g, dy, mul(g, exp(g, neg(g, mul(g, at(x, 0), at(x, 0)))), 2 / Math.sqrt(Math.PI)))],
  Where: ({ g, x, dy }) => [null, where(g, at(x, 0), dy, 0), where(g, at(x, 0), 0, dy)],
  Relu: ({ g, x, dy }) => [mul(g, dy, cast(g, greater(g, at(x, 0), g.scalar(0)), 'float32'))],
  // tanh' = 1 - y²
  Tanh: ({ g, y, dy }) => [mul(g, dy, sub(g, 1, mul(g, at(y, 0), at(y, 0))))],
  // (x·Φ(x))' = Φ(x) + x·φ(x)
  Gelu: ({ g, x, dy }) => {
    const input = at(x, 0);
    const cdf = mul(g, add(g, erf(g, mul(g, input, Math.SQRT1_2)), 1), 0.5);
    const pdf = exp(g, mul(g, mul(g, input, input), -0.5));
    return [mul(g, dy, add(g, cdf, mul(g, input, mul(g, pdf, 1 / Math.sqrt(2 * Math.PI)))))];
  },
  MatMul: ({ g, x, dy }) => [matMul(g, dy, transposeLast(g, at(x, 1))), matMul(g, transposeLast(g, at(x, 0)), dy)],
  // Y = αA'B' + βC: dA' = α·dY·B'ᵀ, dB' = α·A'ᵀ·dY, dC = β·dY summed to C's shape
  Gemm: ({ g, x, attributes: { transA, transB, alpha, beta }, dy }) => {
    const [a, b] = [at(x, 0), at(x, 1)];
    const dA = (sum: Value | null) =>
      transA
        ? gemm(g, b, dy, sum, { transA: transB, transB: true, alpha })
        : gemm(g, dy, b, sum, { transB: !transB, alpha });
    const dB = (sum: Value | null) =>
      transB
        ? gemm(g, dy, a, sum, { transA: true, transB: transA, alpha })
        : gemm(g, a, dy, sum, { transA: !transA, alpha });
    const c = x[2];
    if (!c) return [dA, dB];
    const dC = sumTo(g, dy, c.dims);
    return [dA, dB, beta === 1 ? dC : mul(g, dC, beta)];
  },
  Reshape: ({ g, x, dy }) => [reshape(g, dy, at(x, 0).dims)],
  Transpose: ({ g, attributes: { perm }, dy }) => [
    transpose(
      g,
      dy,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ],
  ReduceSum: ({ g, x, dy }) => [expand(g, dy, at(x, 0).dims)],
  // dx = y·(dy - Σ y·dy)
  Softmax: ({ g, y, dy }) => {
    const weighted = mul(g, dy, at(y, 0));
    return [sub(g, weighted, mul(g, at(y, 0), reduceSum(g, weighted, [-1])))];
  },
  // dx = dy - e^y·Σ dy
  LogSoftmax: ({ g, y, dy }) => [sub(g, dy, mul(g, exp(g, at(y, 0)), reduceSum(g, dy, [-1])))],
  // With n = (x - mean)/σ and d = dy·weight: dx = (d - mean(d) - n·mean(d·n)) / σ
  LayerNormalization: ({ g, x, y, dy }) => {
    const [mean, inverseStdDev] = [at(y, 1), at(y, 2)];
    const size = at(x, 0).dims.at(-1) as number;
    const n = mul(g, sub(g, at(x, 0), mean), inverseStdDev);
    const d = mul(g, dy, at(x, 1));
    const meanD = mul(g, reduceSum(g, d, [-1]), 1 / size);
    const meanDn = mul(g, reduceSum(g, mul(g, d, n), [-1]), 1 / size);
    return [mul(g, sub(g, sub(g, d, meanD), mul(g, n, meanDn)), inverseStdDev), mul(g, dy, n), dy];
  },
  // Rows looked up several times add up; the padding row gets nothing.
  Gather: ({ g, x, attributes: { paddingIndex }, dy }) => {
    const [table, indices] = [at(x, 0), reshape(g, at(x, 1), [product(at(x, 1).dims)])];
    const rows = indices.dims[0] as Dim;
    const updates = reshape(g, dy, [rows, product(table.dims.slice(1))]);
    const matrix = [table.dims[0] as Dim, product(table.dims.slice(1))];
    const isPadding = (index: number) => equal(g, reshape(g, indices, [rows, 1]), g.constant(Int32Array.of(index), []));
    const kept =
      paddingIndex === null ? updates : mul(g, updates, sub(g, 1, cast(g, isPadding(paddingIndex), 'float32')));
    const into = (sum: Value | null) => (sum ? reshape(g, sum, matrix) : zeros(g, matrix));
    return [(sum) => reshape(g, scatterAdd(g, into(sum), indices, kept), table.dims), null];
  },
  Concat: ({ g, x, attributes: { axis }, dy }) =>
    split(
      g,
      dy,
      axis,
      x.map((part) => part.dims[axis] as Dim),
    ),
  Split: ({ g, x, y, attributes: { axis }, dY }) => {
    const parts = y.map((part, i) => dY[i] ?? expand(g, g.scalar(0), part.dims));
    return [concat(g, parts, axis, at(x, 0).dims[axis] as Dim)];
  },
  Expand: ({ dy }) => [dy],
  // dlogits = dy·(softmax - onehot)
  SoftmaxCrossEntropy: ({ g, x, y, dy }) => {
    const [logits, labels, logProbabilities] = [at(x, 0), at(x, 1), at(y, 1)];
    const count = logits.dims[1] as number;
    const classes = g.constant(
      Int32Array.from({ length: count }, (_, i) => i),
      [count],
    );
    const onehot = cast(g, equal(g, reshape(g, labels, [labels.dims[0] as Dim, 1]), classes), 'float32');
    return [mul(g, sub(g, exp(g, logProbabilities), onehot), dy), null];
  },
  // dstudent = dy·(softmax(student) - softmax(teacher)); the teacher is fixed
  KlDivergence: ({ g, y, dy }) => [mul(g, sub(g, exp(g, at(y, 1)), at(y, 2)), dy), null],
  // The forward pass has worked it out: its exponentials are the loss's too.
  TopKDivergence: ({ g, y, dy }) => [mul(g, at(y, 1), dy), null, null],
};
