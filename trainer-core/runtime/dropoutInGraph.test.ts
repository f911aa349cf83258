import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { mul } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { type Context, dropout } from '../nn/layers.js';
import type { Device } from './devices.js';
import { fillDropoutMask, maskWords } from './dropout.js';
import { float32, type HostTensor } from './hostTensor.js';
import { Program } from './program.js';

const noVulkan = useSoftwareVulkan();

test('a graph draws another mask for each site, the same for the same seed, and needs a seed', async () => {
  const g = new Graph();
  const ctx: Context = { g, training: true };
  const x = g.input('x', ['batch', 50]);
  const first = dropout(ctx, x, 0.5);
  g.output('first', first);
  g.output('second', dropout(ctx, x, 0.5));
  g.output('product', mul(g, first, 2));
  assert.equal(dropout({ g, training: false }, x, 0.5), x);
  assert.equal(dropout(ctx, x, 0), x);

  const program = await Program.compile(g, { threads: 1 });
  const run = async (dropoutSeed: number) => {
    const outputs = await program.run({ x: float32(new Float32Array(200).fill(1), [4, 50]) }, { dropoutSeed });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
  };
  const once = await run(5);
  assert.deepEqual(await run(5), once);
  assert.notDeepEqual((await run(6)).first, once.first);
  assert.notDeepEqual(once.first, once.second);
  assert.deepEqual(
    once.product,
    (once.first as number[]).map((each) => each * 2),
  );
  const feeds: Record<string, HostTensor> = { x: float32(new Float32Array(50), [1, 50]) };
  await assert.rejects(program.run(feeds), /needs a dropoutSeed/);
  await program.dispose();
});

/** Masks of several ranks, sizes and probabilities: what each leaves of ones. */
function manyMasks(): Graph {
  const g = new Graph();
  const ctx: Context = { g, training: true };
  g.output('hidden', dropout(ctx, g.input('hiddenIn', ['batch*sequence', 12]), 0.1));
  g.output('attention', dropout(ctx, g.input('attentionIn', ['batch', 2, 'sequence', 'sequence']), 0.25));
  g.output('vector', dropout(ctx, g.input('vectorIn', [37]), 0.9));
  return g;
}

async function ofOnes(options: Parameters<typeof Program.compile>[1]): Promise<Record<string, Float32Array>> {
  const program = await Program.compile(manyMasks(), { threads: 1, ...options });
  try {
    const ones = (dims: number[]) => float32(new Float32Array(dims.reduce((a, b) => a * b)).fill(1), dims);
    const feeds = { hiddenIn: ones([15, 12]), attentionIn: ones([3, 2, 5, 5]), vectorIn: ones([37]) };
    const outputs = await program.run(feeds, { dropoutSeed: 4, bindings: { batch: 3, sequence: 5 } });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await program.dispose();
  }
}

test('masks are the same to the last bit whether the host fills them or the graph works them out', async () => {
  const filled = await ofOnes({});
  assert.deepEqual(await ofOnes({ masksInGraph: true }), filled);
  const expected = new Float32Array(150);
  fillDropoutMask(expected, maskWords(30, 5, [4, 1]), 0.25);
  assert.deepEqual(filled.attention, expected);
  const dropped = expected.filter((x) => x === 0).length;
  assert.ok(dropped > 10 && dropped < 80, `${dropped} dropped`);
});

test('a mask does not depend on what else the graph is fed', async () => {
  const g = new Graph();
  const ctx: Context = { g, training: true };
  g.output('first', dropout(ctx, g.input('firstIn', [40]), 0.5));
  const scaled = mul(g, g.input('other', [40]), g.parameter('weight', [40]));
  g.output('second', dropout(ctx, scaled, 0.5));
  const ones = float32(new Float32Array(40).fill(1), [40]);
  const feeds = { firstIn: ones, other: ones, weight: ones };
  const options = { threads: 1 };
  const fed = await Program.compile(g, options);
  const baked = await Program.compile(g, {
    ...options,
    initializers: new Map([['weight', ones.data as Float32Array]]),
  });
  const run = async (program: Program) => (await program.run(feeds, { dropoutSeed: 1 })).second?.data;
  assert.deepEqual(await run(baked), await run(fed));
  await fed.dispose();
  await baked.dispose();
});

test('a GPU works out the masks that the CPU is fed, to the last bit', { skip: noVulkan }, async () => {
  const webgpu: Device = { name: 'webgpu', description: 'SwiftShader', threads: 1 };
  assert.deepEqual(await ofOnes({ device: webgpu }), await ofOnes({}));
});
