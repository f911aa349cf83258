import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { allCases, assertSameOutputs, buildCase, caseBindings } from '../../test/support/opCases.js';
import { useSoftwareVulkan, softwareGpu as webgpu } from '../../test/support/softwareVulkan.js';
import { gradients } from '../autodiff/gradients.js';
import * as b from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { attentionBias } from '../nn/attention.js';
import type { Device } from './devices.js';
import { float32, type HostTensor, int32 } from './hostTensor.js';
import { Program } from './program.js';

const skip = useSoftwareVulkan();

/**
 * Of numbers around 1. Sums come in another order, and WGSL lets exp and log be off by a few units in the last place (6e-8);
 * the greatest difference seen is 4.2e-7.
 */
const TOLERANCE = 2e-6;

async function run(t: TestContext, graph: Graph, feeds: Record<string, HostTensor>, device?: Device, bindings = {}) {
  const program = await Program.compile(graph, device ? { device } : { threads: 1 });
  t.after(() => program.dispose());
  return await program.run(feeds, { bindings });
}

/** Both devices' outputs of the values that `build` gives; the GPU may leave nothing to the CPU, or it does not compile. */
async function onBoth(
  t: TestContext,
  build: (g: Graph) => readonly Value[],
  feeds: Record<string, HostTensor>,
  bindings = {},
) {
  const graph = new Graph();
  build(graph).forEach((value, i) => {
    graph.output(`y${i}`, value);
  });
  return { gpu: await run(t, graph, feeds, webgpu, bindings), cpu: await run(t, graph, feeds, undefined, bindings) };
}

for (const [op, cases] of allCases()) {
  test(`${op} and its gradient on a GPU are what they are on the CPU`, { skip }, async (t) => {
    for (const [i, each] of cases.entries()) {
      const { graph, feeds } = buildCase(op, each);
      const [gpu, cpu] = [
        await run(t, graph, feeds, webgpu, caseBindings),
        await run(t, graph, feeds, undefined, caseBindings),
      ];
      assertSameOutputs(gpu, cpu, TOLERANCE, `${op}, case ${i}`);
    }
  });
}

/** Numbers without a pattern, from -1 to 1. */
const scattered = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => (Math.sin(i * 12.9898) * 43758.5453) % 1);

test('losses of a whole vocabulary, of logits far apart, and of one that is certain', { skip }, async (t) => {
  const [rows, classes] = [3, 32_000];
  for (const size of [1, 30, 1e4]) {
    const student = scattered(rows * classes).map((x) => x * size);
    const teacher = scattered(rows * classes + 7)
      .subarray(7)
      .map((x) => x * size);
    student[5] = 2 * size;
    const feeds = {
      student: float32(student, [rows, classes]),
      teacher: float32(teacher, [rows, classes]),
      labels: int32(Int32Array.of(5, 31_999, 0), [rows]),
      pieces: int32(Int32Array.of(5, 7, 31_999, 0, 1, 2), [rows, 2]),
      known: float32(Float32Array.of(-1, -2, -0.6933, -1, -2, -0.6933, -1, -2, -0.6933), [rows, 3]),
    };
    const build = (g: Graph) => {
      const x = g.input('student', ['n', classes]);
      const losses = [
        b.softmaxCrossEntropy(g, x, g.input('labels', ['n'], 'int32')),
        b.klDivergence(g, x, g.input('teacher', ['n', classes])),
        b.topKDivergence(g, x, g.input('pieces', ['n', 2], 'int32'), g.input('known', ['n', 3])),
      ];
      const dX = losses.map((loss) => gradients(g, b.sumAll(g, loss), [x])[0] as Value);
      return [...losses, ...dX, b.logSoftmax(g, x)];
    };
    const { gpu, cpu } = await onBoth(t, build, feeds);
    // Sums of 32,000 numbers in another order.
    assertSameOutputs(gpu, cpu, 1e-5, `logits of ${size}`);
  }
});

test('a row, a chunk and a whole run may be empty', { skip }, async (t) => {
  const feeds = { x: float32(new Float32Array(0), [0, 5]), labels: int32(new Int32Array(0), [0]) };
  const build = (g: Graph) => {
    const x = g.input('x', ['n', 5]);
    const loss = b.softmaxCrossEntropy(g, x, g.input('labels', ['n'], 'int32'));
    const weight = g.constant(Float32Array.of(1, 1, 1, 1, 1), [5]);
    const y = b.layerNormalization(g, x, weight, weight, 1e-12);
    const divergence = b.klDivergence(g, x, y);
    const sum = b.add(g, b.sumAll(g, loss), b.sumAll(g, divergence));
    return [sum, b.scatterAdd(g, b.zeros(g, [4, 5]), g.input('labels', ['n'], 'int32'), x), ...gradients(g, sum, [x])];
  };
  const { gpu, cpu } = await onBoth(t, build, feeds);
  assertSameOutputs(gpu, cpu, 0, 'nothing');
  assert.equal((gpu.y0 as HostTensor).data[0], 0);
});

test('attention sees nothing of what is masked, and a row that is masked whole sees all alike', { skip }, async (t) => {
  const feeds = {
    scores: float32(
      scattered(2 * 2 * 3 * 3).map((x) => x * 20),
      [2, 2, 3, 3],
    ),
    mask: float32(Float32Array.of(1, 1, 0, 0, 0, 0), [2, 3]),
  };
  const build = (g: Graph) => {
    const x = g.input('scores', ['batch', 2, 3, 3]);
    const y = b.softmax(g, b.add(g, x, attentionBias(g, g.input('mask', ['batch', 3]))));
    return [y, ...gradients(g, b.sumAll(g, b.mul(g, y, y)), [x])];
  };
  const { gpu, cpu } = await onBoth(t, build, feeds);
  assertSameOutputs(gpu, cpu, TOLERANCE, 'attention');
  assert.deepEqual([...(gpu.y0 as HostTensor).data.subarray(18, 21)], [...Float32Array.of(1 / 3, 1 / 3, 1 / 3)]);
});

test('rows far from zero are normalised as well as others, and rows of one number to nothing', { skip }, async (t) => {
  const size = 768;
  for (const offset of [0, 10, 1000]) {
    const x = scattered(2 * size).map((each, i) => offset + (i < size ? each : 0));
    const build = (g: Graph) => {
      const input = g.input('x', ['n', size]);
      const ones = g.constant(new Float32Array(size).fill(1), [size]);
      const zeros = g.constant(new Float32Array(size), [size]);
      const node = g.node('LayerNormalization', [input, ones, zeros], { epsilon: 1e-12 }, [
        { dims: ['n', size] },
        { dims: ['n', 1] },
        { dims: ['n', 1] },
      ]);
      return node;
    };
    const { gpu, cpu } = await onBoth(t, build, { x: float32(x, [2, size]) });
    // The mean of numbers around 1000 is itself only known to a part in 1e7 of them.
    assertSameOutputs(gpu, cpu, 2e-6 + offset * 2e-7, `around ${offset}`);
  }
});

test('a tensor is cut into more parts than a shader can bind, some of them empty', { skip }, async (t) => {
  const parts = Array.from({ length: 60 }, (_, i) => `part${i}`);
  const bindings = Object.fromEntries(parts.map((part, i) => [part, i % 3]));
  const build = (g: Graph) => {
    const x = g.input('x', ['n', 2]);
    const cut = b.split(g, x, 0, parts);
    const ids = b.split(g, g.input('ids', ['n'], 'int32'), 0, parts);
    const even = b.split(g, g.input('wide', ['n', 40]), 1, Array(20).fill(2));
    const sums = cut.map((part, i) => b.mul(g, b.sumAll(g, part), i));
    const total = sums.reduce((a, sum) => b.add(g, a, sum));
    return [...cut, ...ids, ...even, b.concat(g, cut, 0, 'n'), ...gradients(g, total, [x])];
  };
  const feeds = {
    x: float32(scattered(120), [60, 2]),
    ids: int32(
      Int32Array.from({ length: 60 }, (_, i) => i),
      [60],
    ),
    wide: float32(scattered(2400), [60, 40]),
  };
  const { gpu, cpu } = await onBoth(t, build, feeds, bindings);
  assertSameOutputs(gpu, cpu, 0, 'parts');
});

test('functions over the whole range of what a model can come to', { skip }, async (t) => {
  const inRange = (low: number, high: number) => scattered(2000).map((x) => low + ((x + 1) / 2) * (high - low));
  const cases = [
    { build: b.erf, x: inRange(-5, 5), tolerance: 1e-6 },
    { build: b.erf, x: inRange(-0.01, 0.01), tolerance: 1e-6 },
    { build: b.gelu, x: inRange(-10, 10), tolerance: 1e-6 },
    { build: b.tanh, x: inRange(-50, 50), tolerance: 1e-6 },
    // What is off grows with the exponent, the more so the further from 0: 3.6e-6 of e^80.
    { build: b.exp, x: inRange(-80, 31), tolerance: 5e-6 },
    { build: b.log, x: inRange(1e-37, 1), tolerance: 1e-6 },
    { build: b.log, x: inRange(1, 1e30), tolerance: 1e-6 },
    { build: b.sqrt, x: inRange(0, 1e30), tolerance: 1e-6 },
  ];
  for (const { build, x, tolerance } of cases) {
    const { gpu, cpu } = await onBoth(t, (g) => [build(g, g.input('x', ['n']))], { x: float32(x, [2000]) });
    assertSameOutputs(gpu, cpu, tolerance, build.name);
  }
});
