import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from 'onnxruntime-node';
import { gradients } from '../autodiff/gradients.js';
import { gemm, mul, reduceSum, reshape, sub, sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { dropout } from '../nn/layers.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { float32, scalar } from './hostTensor.js';
import { LOOP, type LoopSpec, loopGraph, STATE } from './loopGraph.js';
import { LoopProgram, type LoopRun, type LoopStep } from './loopProgram.js';
import { encodeModel } from './onnxSchema.js';

const FEATURES = 3;
const BETA1 = 0.9;
const BETA2 = 0.98;
const EPSILON = 1e-6;

/** Least squares, x·w + b against t, whose gradient anyone can write down; the rows of a run are as many as there are. */
function leastSquares(dropped = 0): Graph {
  const g = new Graph();
  const x = g.input('x', ['rows', FEATURES]);
  const seen = dropped > 0 ? dropout({ g, training: true } as never, x, dropped) : x;
  const w = g.parameter('w', [FEATURES, 1]);
  const b = g.parameter('b', [1]);
  const error = sub(g, gemm(g, seen, w, b), g.input('t', ['rows', 1]));
  const loss = sumAll(g, mul(g, error, error));
  g.output('loss', reshape(g, loss, []));
  g.output('first', reshape(g, reduceSum(g, mul(g, w, w), [0, 1]), []));
  const scaled = mul(g, loss, g.input('lossWeight', []));
  const sums = new Map<Value, Value>([
    [w, g.input('sum.w', [FEATURES, 1])],
    [b, g.input('sum.b', [1])],
  ]);
  gradients(g, scaled, [w, b], sums).forEach((value, i) => {
    g.output(`gradient.${i === 0 ? 'w' : 'b'}`, value as Value);
  });
  return g;
}

const spec = (rest: Partial<LoopSpec> = {}): LoopSpec => ({
  weights: [
    { name: 'w', dims: [FEATURES, 1], group: 0 },
    { name: 'b', dims: [1], group: 1 },
  ],
  reported: ['loss', 'first'],
  beta1: BETA1,
  beta2: BETA2,
  maxGradNorm: 1e9,
  keepGradients: true,
  ...rest,
});

const cpu = { name: 'cpu', description: '', threads: 1 } as const;

type Row = { x: number[]; t: number };
const rows: Row[] = Array.from({ length: 12 }, (_, i) => ({
  x: [Math.sin(i), Math.cos(2 * i), i / 7],
  t: (i % 5) - 1,
}));

const run = (part: readonly Row[], lossWeight = 1, dropoutSeed = 0): LoopRun => ({
  feeds: {
    x: float32(Float32Array.from(part.flatMap(({ x }) => x)), [part.length, FEATURES]),
    t: float32(
      Float32Array.from(part, ({ t }) => t),
      [part.length, 1],
    ),
    lossWeight: scalar(lossWeight),
  },
  dropoutSeed,
});

const RATES = { learningRate: 0.05, weightDecay: 0.1 };

function step(number: number, runs: LoopRun[]): LoopStep {
  const correction = Math.sqrt(1 - BETA2 ** number);
  const size = (rate: number) => (rate * correction) / (1 - BETA1 ** number);
  const { learningRate, weightDecay } = RATES;
  const keep = 1 - learningRate * weightDecay;
  return { runs, numbers: [EPSILON * correction, size(learningRate), keep, size(learningRate / 2), 1] };
}

function state() {
  const tensors = (w: number[], b: number): NamedTensors =>
    new Map([
      ['w', { dims: [FEATURES, 1], data: Float32Array.from(w) }],
      ['b', { dims: [1], data: Float32Array.of(b) }],
    ]);
  return { p: tensors([0.5, -0.25, 1], 0.125), m: tensors([0, 0, 0], 0), v: tensors([0, 0, 0], 0) };
}

const flat = (tensors: NamedTensors) => [...tensors.values()].flatMap(({ data }) => [...data]);

/** AdamW as the paper has it (Loshchilov & Hutter 2019, algorithm 2), in double precision. */
function byHand(steps: readonly { rows: readonly Row[]; scale: number }[], maxGradNorm: number) {
  const p = flat(state().p);
  const m = p.map(() => 0);
  const v = p.map(() => 0);
  const norms: number[] = [];
  let gradient: number[] = [];
  steps.forEach(({ rows: seen, scale }, t) => {
    gradient = p.map(() => 0);
    for (const { x, t: target } of seen) {
      const all = [...x, 1];
      const error = all.reduce((sum, xi, i) => sum + xi * (p[i] as number), -target);
      all.forEach((xi, i) => {
        gradient[i] = (gradient[i] as number) + 2 * error * xi * scale;
      });
    }
    const norm = Math.hypot(...gradient);
    norms.push(norm);
    const clip = Math.min(1, maxGradNorm / (norm + 1e-6));
    p.forEach((x, i) => {
      const rate = i < FEATURES ? RATES.learningRate : RATES.learningRate / 2;
      const g = (gradient[i] as number) * clip;
      m[i] = BETA1 * (m[i] as number) + (1 - BETA1) * g;
      v[i] = BETA2 * (v[i] as number) + (1 - BETA2) * g * g;
      const mean = (m[i] as number) / (1 - BETA1 ** (t + 1));
      const deviation = Math.sqrt((v[i] as number) / (1 - BETA2 ** (t + 1)));
      const decay = i < FEATURES ? rate * RATES.weightDecay * x : 0;
      p[i] = x - decay - (rate * mean) / (deviation + EPSILON);
    });
  });
  return { p, norms, gradient };
}

function near(got: ArrayLike<number>, expected: readonly number[], limit = 2e-6) {
  assert.equal(got.length, expected.length);
  expected.forEach((x, i) => {
    assert.ok(Math.abs((got[i] as number) - x) <= limit * Math.max(1, Math.abs(x)), `${i}: ${got[i]}, expected ${x}`);
  });
}

test('steps of runs of any shape, with clipping and decay by group, are what they are by hand', async () => {
  for (const maxGradNorm of [1e9, 2]) {
    const program = await LoopProgram.compile(leastSquares(), spec({ maxGradNorm }), new Map(), { device: cpu });
    const cuts = [
      [
        [0, 5],
        [5, 6],
        [6, 12],
      ],
      [[0, 12]],
      [
        [3, 4],
        [4, 9],
      ],
    ];
    const steps = cuts.map((parts, i) =>
      step(
        i + 1,
        parts.map(([a, b]) => run(rows.slice(a, b), 0.5)),
      ),
    );
    const seen = cuts.map((parts) => ({ rows: parts.flatMap(([a, b]) => rows.slice(a, b)), scale: 0.5 }));
    const got = state();
    const kept = state().p;
    const { norms, reported } = await program.run(got, steps, { gradients: kept });
    const expected = byHand(seen, maxGradNorm);
    assert.ok(
      expected.norms.every((norm) => norm > 2),
      'the gradients have to be clipped for this test',
    );
    near(flat(got.p), expected.p);
    near(norms, expected.norms);
    near(flat(kept), expected.gradient, 2e-5);
    // One row a run, of the weights as they were at its step.
    assert.equal(reported.length, 6 * 2);
    const squared = state()
      .p.get('w')
      ?.data.reduce((sum, x) => sum + x * x, 0) as number;
    near(
      [1, 3, 5].map((i) => reported[i] as number),
      [squared, squared, squared],
    );
    assert.notEqual(reported[7], reported[5]);

    // The same steps one at a time come to the same bits: nothing depends on how many are done at once.
    const alone = state();
    for (const one of steps) await program.run(alone, [one]);
    assert.deepEqual([flat(alone.p), flat(alone.m), flat(alone.v)], [flat(got.p), flat(got.m), flat(got.v)]);
    await program.dispose();
  }
});

test('a step that is not finite is the last, and moves nothing', async () => {
  const program = await LoopProgram.compile(leastSquares(), spec(), new Map(), { device: cpu });
  const good = run(rows);
  const expected = state();
  await program.run(expected, [step(1, [good])]);
  for (const bad of [
    run([{ x: [1, 1, 1], t: Number.NaN }]),
    run([{ x: [1, 1, 1], t: Number.POSITIVE_INFINITY }]),
    // The loss overflows, the gradient does not.
    run([{ x: [1e-30, 0, 0], t: 1e25 }], 1e-30),
    // The gradient does, the loss does not.
    run([{ x: [1, 0, 0], t: 1e10 }], 1e35),
  ]) {
    const got = state();
    const { norms, reported } = await program.run(got, [step(1, [good]), step(2, [good, bad, good]), step(3, [good])]);
    assert.deepEqual([flat(got.p), flat(got.m), flat(got.v)], [flat(expected.p), flat(expected.m), flat(expected.v)]);
    assert.equal(norms.length, 2);
    assert.equal(reported.length, 4 * 2);
    assert.ok([...norms, ...reported].some((x) => !Number.isFinite(x)));
  }
  await program.dispose();
});

test('gradients alone can be had, and no weight moves', async () => {
  const program = await LoopProgram.compile(leastSquares(), spec(), new Map(), { device: cpu });
  const got = state();
  const kept = state().p;
  const { norms } = await program.run(got, [step(1, [run(rows.slice(0, 4)), run(rows.slice(4))])], {
    moves: false,
    gradients: kept,
  });
  assert.deepEqual(flat(got.p), flat(state().p));
  assert.ok(flat(got.m).every((x) => x === 0));
  const expected = byHand([{ rows, scale: 1 }], 1e9);
  near(flat(kept), expected.gradient, 2e-5);
  near(norms, expected.norms);
  await program.dispose();
});

test('writing the state over itself changes no bit', async () => {
  const loop = loopGraph(leastSquares(), spec(), new Map());
  const session = await ort.InferenceSession.create(encodeModel(loop.graph), { intraOpNumThreads: 1 });
  const program = await LoopProgram.compile(leastSquares(), spec(), new Map(), { device: cpu });
  const steps = [step(1, [run(rows.slice(0, 7)), run(rows.slice(7))]), step(2, [run(rows)])];
  const before = state();
  const feeds = await feedsOf(program, steps);
  for (const block of STATE)
    for (const [name, { data, dims }] of before[block])
      feeds[LOOP.before(block, name)] = new ort.Tensor('float32', data, dims);
  const results = await session.run(feeds);
  assert.deepEqual(flat(before.p), flat(state().p), 'fetched into memory of its own, the state is not written to');
  const got = state();
  await program.run(got, steps);
  for (const block of STATE)
    for (const [name, { data }] of got[block]) assert.deepEqual(results[LOOP.after(block, name)]?.data, data, name);
  await Promise.all([session.release(), program.dispose()]);
});

test('dropout masks are those of the seed that a run has', async () => {
  const program = await LoopProgram.compile(leastSquares(0.5), spec(), new Map(), { device: cpu });
  const losses = async (...seeds: number[]) => {
    const { reported } = await program.run(state(), [
      step(
        1,
        seeds.map((seed) => run(rows, 1, seed)),
      ),
    ]);
    return seeds.map((_, i) => reported[2 * i]);
  };
  const [a, b, again] = await losses(1, 2, 1);
  assert.notEqual(a, b);
  assert.equal(a, again);
  assert.deepEqual(await losses(2, 1), [b, a]);
  await program.dispose();
});

/** What a program feeds the engine for these steps, caught on its way there. */
async function feedsOf(program: LoopProgram, steps: readonly LoopStep[]): Promise<Record<string, ort.Tensor>> {
  const { session } = program as unknown as { session: { run: (feeds: Record<string, ort.Tensor>) => unknown } };
  const { run: before } = session;
  let caught: Record<string, ort.Tensor> = {};
  session.run = (feeds) => {
    caught = feeds;
    throw new Error('caught');
  };
  await assert.rejects(program.run(state(), steps));
  session.run = before;
  return caught;
}
