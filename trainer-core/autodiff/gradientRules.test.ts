import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as b from '../graph/build.js';
import { type Dim, elementCount } from '../graph/dims.js';
import { Graph } from '../graph/graph.js';
import type { DifferentiableOp, Value } from '../graph/ops.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { gradientRules } from './gradientRules.js';
import { gradients } from './gradients.js';

/** An op under test: its float inputs, and how it is built from them (and from int32 inputs declared inside). */
interface Case {
  inputs: readonly (readonly Dim[])[];
  build(g: Graph, x: readonly Value[]): Value | Value[];
  /** Inputs are drawn from this range. */
  range?: readonly [number, number];
  integers?: Record<string, HostTensor>;
  /** Inputs that are not differentiated. */
  fixed?: readonly number[];
}

const bindings = { batch: 2, sequence: 3 };
const v = (x: readonly Value[], i: number) => x[i] as Value;

/** One row an op; the loop below fails for an op without a row. */
const cases: { [O in DifferentiableOp]: Case[] } = {
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
  ],
  Gemm: [false, true].flatMap((transA) =>
    [false, true].flatMap((transB) =>
      [[3], ['batch', 3], [1, 3]].map(
        (bias): Case => ({
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
    { inputs: [['batch', 6], [6], [6]], build: (g, x) => b.layerNormalization(g, v(x, 0), v(x, 1), v(x, 2), 1e-12) },
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

/** A small deterministic generator, so that a failure can be seen again. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const op of Object.keys(gradientRules) as DifferentiableOp[]) {
  test(`the gradient of ${op} agrees with finite differences`, async () => {
    assert.ok(cases[op].length > 0, `no case for ${op}`);
    for (const each of cases[op]) await checkCase(op, each);
  });
}

async function checkCase(op: DifferentiableOp, { inputs, build, range = [-1, 1], integers = {}, fixed = [] }: Case) {
  const random = uniform(inputs.length * 7919 + op.length);
  const g = new Graph();
  const x = inputs.map((dims, i) => g.input(`x${i}`, dims));
  const built = build(g, x);
  const feeds: Record<string, HostTensor> = { ...integers };
  const draw = (dims: readonly Dim[], [low, high]: readonly [number, number]) => {
    const concrete = dims.map((dim) => elementCount([dim], bindings));
    return float32(
      Float32Array.from({ length: elementCount(dims, bindings) }, () => low + (high - low) * random()),
      concrete,
    );
  };
  inputs.forEach((dims, i) => {
    feeds[`x${i}`] = draw(dims, range);
  });
  // A random weight for every output element, so that errors cannot cancel.
  const terms = (Array.isArray(built) ? built : [built]).map((y, i) => {
    feeds[`w${i}`] = draw(y.dims, [-1, 1]);
    return b.sumAll(g, b.mul(g, y, g.input(`w${i}`, y.dims)));
  });
  const loss = terms.reduce((a, t) => b.add(g, a, t));
  g.output('loss', loss);
  const free = x.filter((_, i) => !fixed.includes(i));
  gradients(g, loss, free).forEach((dX, i) => {
    assert.deepEqual(dX.dims, (free[i] as Value).dims, `${op}: shape of the gradient`);
    g.output(`d${x.indexOf(free[i] as Value)}`, dX);
  });
  const program = await Program.compile(g, { threads: 1 });
  const lossAt = async () => ((await program.run(feeds, { bindings })).loss as HostTensor).data[0] as number;
  const exact = await program.run(feeds, { bindings });
  for (const i of x.keys()) {
    if (fixed.includes(i)) continue;
    const { data } = feeds[`x${i}`] as HostTensor;
    const got = (exact[`d${i}`] as HostTensor).data;
    for (let j = 0; j < data.length; j++) {
      const expected = await derivative(data as Float32Array, j, lossAt);
      const error = Math.abs((got[j] as number) - expected) / Math.max(1, Math.abs(expected));
      assert.ok(error < 1e-3, `${op}, input ${i}, element ${j}: rule ${got[j]}, differences ${expected}`);
    }
  }
  await program.dispose();
}

/** The fourth-order central difference of `f` in element `j`. */
async function derivative(data: Float32Array, j: number, f: () => Promise<number>): Promise<number> {
  const centre = data[j] as number;
  const at = async (offset: number) => {
    data[j] = centre + offset;
    return await f();
  };
  const h = 0.05;
  const slope = (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
  data[j] = centre;
  return slope;
}

test('the padding row of an embedding gets no gradient, and a running sum is added to', async () => {
  const g = new Graph();
  const table = g.input('table', [3, 2]);
  const sum = g.input('sum', [3, 2]);
  const rows = g.input('rows', ['batch'], 'int32');
  const loss = b.sumAll(g, b.gather(g, table, rows, 0));
  const [d] = gradients(g, loss, [table], new Map([[table, sum]]));
  g.output('d', d as Value);
  const program = await Program.compile(g, { threads: 1 });
  const { d: got } = await program.run({
    rows: int32(Int32Array.of(0, 2, 2), [3]),
    sum: float32(Float32Array.of(10, 10, 20, 20, 30, 30), [3, 2]),
  });
  assert.deepEqual([...(got as HostTensor).data], [10, 10, 20, 20, 32, 32]);
  await program.dispose();
});
