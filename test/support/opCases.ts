/** Cases of every op: small graphs with inputs, so that runtimes can be compared with each other and gradient rules with finite differences. */
import assert from 'node:assert/strict';
import { gradients } from '../../trainer-core/autodiff/gradients.js';
import * as b from '../../trainer-core/graph/build.js';
import { type Dim, elementCount } from '../../trainer-core/graph/dims.js';
import { Graph } from '../../trainer-core/graph/graph.js';
import type { DifferentiableOp, NonDifferentiableOp, Op, Value } from '../../trainer-core/graph/ops.js';
import { float32, type HostTensor, int32 } from '../../trainer-core/runtime/hostTensor.js';

/** An op under test: its float inputs, and how it is built from them (and from int32 inputs declared inside). */
export interface OpCase {
  inputs: readonly (readonly Dim[])[];
  build(g: Graph, x: readonly Value[]): Value | Value[];
  /** Inputs are drawn from this range. */
  range?: readonly [number, number];
  integers?: Record<string, HostTensor>;
  /** Inputs that are not differentiated. */
  fixed?: readonly number[];
}

/** The values of the symbols in all cases. */
export const caseBindings = { batch: 2, sequence: 3 };

const v = (x: readonly Value[], i: number) => x[i] as Value;

/** One row an op: an op without a row does not compile. */
export const differentiableCases: { readonly [O in DifferentiableOp]: readonly OpCase[] } = {
  Add: [
    {
      inputs: [
        ['batch', 3],
        ['batch', 3],
      ],
      build: (g, x) => b.add(g, v(x, 0), v(x, 1)),
    },
    {
      inputs: [
        ['batch', 'sequence', 4],
        ['sequence', 1],
      ],
      build: (g, x) => b.add(g, v(x, 0), v(x, 1)),
    },
    { inputs: [[3]], build: (g, x) => b.add(g, v(x, 0), v(x, 0)) },
  ],
  Sub: [{ inputs: [['batch', 3], [3]], build: (g, x) => b.sub(g, v(x, 0), v(x, 1)) }],
  Mul: [
    {
      inputs: [
        ['batch', 3],
        ['batch', 1],
      ],
      build: (g, x) => b.mul(g, v(x, 0), v(x, 1)),
    },
  ],
  Div: [{ inputs: [['batch', 3], [3]], range: [0.5, 2], build: (g, x) => b.div(g, v(x, 0), v(x, 1)) }],
  Neg: [{ inputs: [[4]], build: (g, x) => b.neg(g, v(x, 0)) }],
  Exp: [{ inputs: [[4]], build: (g, x) => b.exp(g, v(x, 0)) }],
  Log: [{ inputs: [[4]], range: [0.5, 2], build: (g, x) => b.log(g, v(x, 0)) }],
  Sqrt: [{ inputs: [[4]], range: [0.5, 2], build: (g, x) => b.sqrt(g, v(x, 0)) }],
  Erf: [{ inputs: [[4]], build: (g, x) => b.erf(g, v(x, 0)) }],
  Where: [
    {
      inputs: [['batch', 3], ['batch', 3], [3]],
      // The condition itself has no slope, and no element is near its edge.
      fixed: [0],
      build: (g, x) => b.where(g, b.greater(g, v(x, 0), g.scalar(0)), v(x, 1), v(x, 2)),
    },
  ],
  Relu: [
    { inputs: [[4]], range: [0.2, 1], build: (g, x) => b.relu(g, v(x, 0)) },
    { inputs: [[4]], range: [-1, -0.2], build: (g, x) => b.relu(g, v(x, 0)) },
  ],
  Tanh: [{ inputs: [[4]], build: (g, x) => b.tanh(g, v(x, 0)) }],
  Gelu: [{ inputs: [[8]], range: [-3, 3], build: (g, x) => b.gelu(g, v(x, 0)) }],
  MatMul: [
    {
      inputs: [
        ['batch', 2, 3],
        ['batch', 3, 4],
      ],
      build: (g, x) => b.matMul(g, v(x, 0), v(x, 1)),
    },
    {
      inputs: [
        ['batch', 2, 2, 3],
        [2, 3, 2],
      ],
      build: (g, x) => b.matMul(g, v(x, 0), v(x, 1)),
    },
    {
      inputs: [
        ['batch', 1, 2, 3],
        [2, 3, 2],
      ],
      build: (g, x) => b.matMul(g, v(x, 0), v(x, 1)),
    },
  ],
  Gemm: [false, true].flatMap((transA) =>
    [false, true].flatMap((transB) =>
      [[3], ['batch', 3], [1, 3]].map(
        (bias): OpCase => ({
          inputs: [transA ? [4, 'batch'] : ['batch', 4], transB ? [3, 4] : [4, 3], bias],
          build: (g, x) => b.gemm(g, v(x, 0), v(x, 1), v(x, 2), { transA, transB, alpha: 0.7, beta: 1.3 }),
        }),
      ),
    ),
  ),
  Reshape: [{ inputs: [['batch*sequence', 4]], build: (g, x) => b.reshape(g, v(x, 0), ['batch', 'sequence', 2, 2]) }],
  Transpose: [{ inputs: [['batch', 'sequence', 4]], build: (g, x) => b.transpose(g, v(x, 0), [2, 0, 1]) }],
  ReduceSum: [{ inputs: [['batch', 'sequence', 4]], build: (g, x) => b.reduceSum(g, v(x, 0), [0, -1]) }],
  Softmax: [{ inputs: [['batch', 5]], build: (g, x) => b.softmax(g, v(x, 0)) }],
  LogSoftmax: [{ inputs: [['batch', 5]], build: (g, x) => b.logSoftmax(g, v(x, 0)) }],
  LayerNormalization: [
    ...[1e-12, 0.5].map(
      (epsilon): OpCase => ({
        inputs: [['batch', 6], [6], [6]],
        build: (g, x) => b.layerNormalization(g, v(x, 0), v(x, 1), v(x, 2), epsilon),
      }),
    ),
  ],
  Gather: [
    {
      inputs: [[5, 3]],
      integers: { rows: int32(Int32Array.of(1, 4, 1), [3]) },
      build: (g, x) => b.gather(g, v(x, 0), g.input('rows', ['sequence'], 'int32')),
    },
    {
      inputs: [['batch*sequence', 3]],
      integers: { rows: int32(Int32Array.of(1, 4, 1, 0, 2, 3), [2, 3]) },
      build: (g, x) => b.gather(g, v(x, 0), g.input('rows', ['batch', 'sequence'], 'int32')),
    },
  ],
  Concat: [
    {
      inputs: [
        ['batch', 2],
        ['sequence', 2],
      ],
      build: (g, x) => b.concat(g, x, 0, 5),
    },
  ],
  Split: [
    { inputs: [[5, 2]], build: (g, x) => b.split(g, v(x, 0), 0, ['batch', 'sequence']) },
    { inputs: [[5, 2]], build: (g, x) => b.split(g, v(x, 0), 0, ['batch', 'sequence']).slice(1) },
  ],
  Expand: [{ inputs: [[1, 3]], build: (g, x) => b.expand(g, v(x, 0), ['batch', 3]) }],
  SoftmaxCrossEntropy: [
    {
      inputs: [['batch', 4]],
      integers: { labels: int32(Int32Array.of(2, 0), [2]) },
      build: (g, x) => b.softmaxCrossEntropy(g, v(x, 0), g.input('labels', ['batch'], 'int32')),
    },
  ],
  KlDivergence: [
    {
      inputs: [
        ['batch', 4],
        ['batch', 4],
      ],
      fixed: [1],
      build: (g, x) => b.klDivergence(g, v(x, 0), v(x, 1)),
    },
  ],
  TopKDivergence: [
    {
      inputs: [
        ['batch', 5],
        ['batch', 3],
      ],
      fixed: [1],
      integers: { pieces: int32(Int32Array.of(4, 1, 0, 3), [2, 2]) },
      build: (g, x) => b.topKDivergence(g, v(x, 0), g.input('pieces', ['batch', 2], 'int32'), b.logSoftmax(g, v(x, 1))),
    },
  ],
};

/** The same for ops without a gradient: they give numbers, so what they give is cast where it is none that a host has. */
export const otherCases: { readonly [O in NonDifferentiableOp]: readonly OpCase[] } = {
  Cast: [
    { inputs: [[6]], range: [-3, 3], build: (g, x) => b.cast(g, v(x, 0), 'int32') },
    { inputs: [[6]], build: (g, x) => b.cast(g, b.greater(g, v(x, 0), g.scalar(0)), 'float32') },
    {
      inputs: [],
      integers: { n: int32(Int32Array.of(-7, 0, 123456), [3]) },
      build: (g) => b.cast(g, g.input('n', [3], 'int32'), 'float32'),
    },
    {
      inputs: [],
      integers: { n: int32(Int32Array.of(-7, 0, 123456), [3]) },
      build: (g) => b.cast(g, b.cast(g, g.input('n', [3], 'int32'), 'int64'), 'int32'),
    },
  ],
  Equal: [
    {
      inputs: [],
      integers: { rows: int32(Int32Array.of(2, 0, 1), [3, 1]), columns: int32(Int32Array.of(0, 1, 2, 2), [4]) },
      build: (g) =>
        b.cast(g, b.equal(g, g.input('rows', [3, 1], 'int32'), g.input('columns', [4], 'int32')), 'float32'),
    },
  ],
  Greater: [
    {
      inputs: [
        ['batch', 3],
        ['batch', 1],
      ],
      build: (g, x) => b.cast(g, b.greater(g, v(x, 0), v(x, 1)), 'float32'),
    },
  ],
  Slice: [
    { inputs: [['batch', 5]], build: (g, x) => b.slice(g, v(x, 0), 1, 1, 4) },
    { inputs: [[5, 'batch']], build: (g, x) => b.slice(g, v(x, 0), 0, 0, 2) },
  ],
  Zeros: [{ inputs: [[3]], build: (g, x) => b.add(g, b.zeros(g, ['batch', 'sequence', 3]), v(x, 0)) }],
  Range: [
    { inputs: [], build: (g) => b.cast(g, b.range(g, 'batch*sequence'), 'int32') },
    { inputs: [], build: (g) => b.cast(g, b.range(g, 'batch', 'sequence'), 'int32') },
  ],
  ScatterAdd: [
    {
      inputs: [
        [5, 3],
        ['batch*sequence', 3],
      ],
      integers: { rows: int32(Int32Array.of(4, 0, 4, 4, 2, 0), [6]) },
      build: (g, x) => b.scatterAdd(g, v(x, 0), g.input('rows', ['batch*sequence'], 'int32'), v(x, 1)),
    },
  ],
  TopK: [
    {
      inputs: [['batch', 6]],
      build: (g, x) => {
        const { values, columns } = b.topK(g, v(x, 0), 3);
        return [values, columns];
      },
    },
    {
      // Of equal ones the first.
      inputs: [],
      integers: { n: int32(Int32Array.of(1, 3, 3, 0, 3, 1, 2, 2, 2, 2, 2, 2), [2, 6]) },
      build: (g) => {
        const { values, columns } = b.topK(g, b.cast(g, g.input('n', [2, 6], 'int32'), 'float32'), 4);
        return [values, columns];
      },
    },
  ],
};

/** A case made into a graph with what to feed it. */
export interface BuiltCase {
  graph: Graph;
  feeds: Record<string, HostTensor>;
  /** The inputs that are differentiated: `x0` with its gradient in the output `d0`, and so on. */
  free: readonly number[];
}

/**
 * The graph of a case: inputs `x0`, `x1` …, what the op gives as outputs `y0`, `y1` …; of a differentiable op also the `loss`, a sum
 * of all outputs with random weights, and its gradients `d0`, `d1` … The numbers are the same on every call.
 */
export function buildCase(op: Op, { inputs, build, range = [-1, 1], integers = {}, fixed = [] }: OpCase): BuiltCase {
  const random = uniform(inputs.length * 7919 + op.length);
  const draw = (dims: readonly Dim[], [low, high]: readonly [number, number]) =>
    float32(
      Float32Array.from({ length: elementCount(dims, caseBindings) }, () => low + (high - low) * random()),
      dims.map((dim) => elementCount([dim], caseBindings)),
    );
  const g = new Graph();
  const x = inputs.map((dims, i) => g.input(`x${i}`, dims));
  const built = build(g, x);
  const y = Array.isArray(built) ? built : [built];
  const feeds: Record<string, HostTensor> = { ...integers };
  inputs.forEach((dims, i) => {
    feeds[`x${i}`] = draw(dims, range);
  });
  y.forEach((value, i) => {
    g.output(`y${i}`, value);
  });
  if (!(op in differentiableCases)) return { graph: g, feeds, free: [] };
  // A random weight for every output element, so that errors cannot cancel.
  const terms = y.map((value, i) => {
    feeds[`w${i}`] = draw(value.dims, [-1, 1]);
    return b.sumAll(g, b.mul(g, value, g.input(`w${i}`, value.dims)));
  });
  const loss = terms.reduce((a, t) => b.add(g, a, t));
  g.output('loss', loss);
  const free = [...x.keys()].filter((i) => !fixed.includes(i));
  const dX = gradients(
    g,
    loss,
    free.map((i) => v(x, i)),
  );
  free.forEach((i, at) => {
    assert.deepEqual(v(dX, at).dims, v(x, i).dims, `${op}: shape of the gradient`);
    g.output(`d${i}`, v(dX, at));
  });
  return { graph: g, feeds, free };
}

/** Every op with its cases. */
export function allCases(): [Op, readonly OpCase[]][] {
  return Object.entries({ ...differentiableCases, ...otherCases }) as [Op, readonly OpCase[]][];
}

/**
 * Asserts that both give the same outputs in the same shapes, each number within `tolerance` of the other,
 * relative to the expected number where that is greater than 1.
 */
export function assertSameOutputs(
  got: Readonly<Record<string, HostTensor>>,
  expected: Readonly<Record<string, HostTensor>>,
  tolerance: number,
  what: string,
): void {
  assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort(), what);
  for (const [name, { dims, data }] of Object.entries(expected)) {
    const other = got[name] as HostTensor;
    assert.deepEqual([...other.dims], [...dims], `${what}: shape of ${name}`);
    assert.equal(other.data.length, data.length, `${what}: elements of ${name}`);
    data.forEach((number, i) => {
      const error = Math.abs((other.data[i] as number) - number) / Math.max(1, Math.abs(number));
      assert.ok(error <= tolerance, `${what}: ${name}[${i}] is ${other.data[i]}, not ${number}`);
    });
  }
}

/** A small deterministic generator, so that a failure can be seen again. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
