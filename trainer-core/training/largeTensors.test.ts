import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examples, runOf, config as tiny } from '../../test/support/classifierRuns.js';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { classifierWeights } from '../../test/support/tinyModels.js';
import { gather, gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { DeviceMemory } from '../runtime/deviceMemory.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { TensorInPieces } from '../runtime/largeTensors.js';
import { Program } from '../runtime/program.js';
import { classifierLosses } from './classifierLosses.js';
import { DeviceTrainStep } from './deviceTrainStep.js';
import { ParameterStore } from './parameterStore.js';
import { shardsOf } from './shards.js';

const noVulkan = useSoftwareVulkan();
const webgpu: Device = { ...cpuDevice(1), name: 'webgpu' };
/** The word embeddings take 19,200 bytes, a matrix of the inner layer 8,192. */
const config = { ...tiny, vocabSize: 300, intermediateSize: 128 };
/** A row of a shard. */
const LIMIT = 4096;

test('a weight that is too large for a shard lies in several, row by row, and nothing is left out or twice', () => {
  const store = new ParameterStore(classifierWeights(config));
  const bytes = 64 * 1024;
  assert.ok(shardsOf(store, bytes).every(({ slots }) => slots.every(({ dims, rows }) => rows[1] === (dims[0] ?? 1))));
  const shards = shardsOf(store, LIMIT);
  const slots = shards.flatMap((shard) => shard.slots);
  assert.ok(slots.every(({ size }) => size * 4 <= LIMIT));
  let at = 0;
  for (const { offset, size } of slots) {
    assert.equal(offset, at);
    at += size;
  }
  assert.equal(at, store.size);
  const words = slots.filter(({ name }) => name.endsWith('word_embeddings.weight'));
  assert.deepEqual(
    words.map(({ rows }) => rows),
    [
      [0, 64],
      [64, 128],
      [128, 192],
      [192, 256],
      [256, 300],
    ],
  );
});

/** Losses and norms of steps with dropout, and the weights that come of them. */
async function trained(device: Device, largestTensor?: number) {
  const { graph, total } = classifierLosses(config, null);
  const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 0.5 };
  const options = { graph, loss: total, reported: { total }, weights: classifierWeights(config), adamw };
  const step = await DeviceTrainStep.create({ ...options, accumulate: true, threads: 1 }, device, largestTensor);
  const results = [];
  for (let i = 0; i < 4; i++) {
    await step.accumulate(runOf(examples.slice(0, 4), 6), 1, 2 * i);
    await step.accumulate(runOf(examples.slice(4), 6), 1, 2 * i + 1);
    results.push(...(await step.update(0.01)));
  }
  results.push(...(await step.results()));
  await step.pull();
  const numbers = results.flatMap(({ runs, gradNorm }) => [...runs.map((run) => run.total as number), gradNorm]);
  await step.dispose();
  return { numbers, weights: step.store.values };
}

function assertNear(got: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  assert.equal(got.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [got[i], expected[i]] as [number, number];
    assert.ok(Math.abs(a - b) <= within * Math.max(1, Math.abs(b)), `${a} instead of ${b}`);
  }
}

test('a training step with every matrix in pieces is the one with whole matrices', async () => {
  const [whole, cut] = [await trained(cpuDevice(1)), await trained(cpuDevice(1), LIMIT)];
  assertNear(cut.numbers, whole.numbers, 1e-5);
});

test('so it is on a GPU', { skip: noVulkan }, async () => {
  const [whole, cut] = [await trained(cpuDevice(1)), await trained(webgpu, LIMIT)];
  assertNear(cut.numbers, whole.numbers, 1e-4);
});

for (const [what, device, skip] of [
  ['the CPU', cpuDevice(1), false],
  ['a GPU', webgpu, noVulkan],
] as const) {
  test(
    `a program takes a large table from the host, from the device or with itself, on ${what}`,
    { skip },
    async () => {
      const g = new Graph();
      const rows = gather(g, g.parameter('table', [40, 8]), g.input('ids', ['n'], 'int32'));
      g.output('y', gemm(g, rows, g.parameter('table', [40, 8]), null, { transB: true }));
      const data = Float32Array.from({ length: 320 }, (_, i) => Math.sin(i));
      const feeds = { ids: int32(Int32Array.of(0, 39, 17, 20), [4]) };
      const expected = await Program.compile(g, { device, initializers: new Map([['table', data]]) });
      const whole = (await expected.run(feeds)).y?.data as Float32Array;
      const program = await Program.compile(g, { device, largestTensor: 700 });
      assert.deepEqual(program.feedNames.sort(), ['ids', 'table']);
      const memory = new DeviceMemory(device, 700);
      const uploaded = await memory.upload(float32(data, [40, 8]));
      assert.ok(uploaded instanceof TensorInPieces && uploaded.handle.length === 2);
      const baked = await Program.compile(g, {
        device,
        largestTensor: 700,
        initializers: new Map([['table', data]]),
      });
      for (const outputs of [
        await program.run({ ...feeds, table: float32(data, [40, 8]) }),
        await program.run({ ...feeds, table: uploaded }),
        await baked.run(feeds),
      ])
        assertNear(outputs.y?.data as Float32Array, whole, 1e-6);
      await assert.rejects(
        program.run({ ...feeds, table: { dims: [40, 8], type: 'float32', handle: null, dispose: () => {} } }),
        /not in pieces/,
      );
      uploaded.dispose();
      await Promise.all([expected, program, baked].map((each) => each.dispose()));
      await memory.dispose();
    },
  );
}

test('an output that is too large is refused when the program is made', async () => {
  const g = new Graph();
  g.output('y', gemm(g, g.input('x', [40, 4]), g.input('w', [4, 8]), null));
  await assert.rejects(Program.compile(g, { largestTensor: 700 }), /output 'y' is larger/);
});
