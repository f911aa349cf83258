import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mul } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { type Context, dropout } from '../nn/layers.js';
import { fillDropoutMask } from './dropout.js';
import { float32, type HostTensor } from './hostTensor.js';
import { Program } from './program.js';

const SIZE = 1_000_000;

function mask(probability: number, seed: readonly [number, number], size = SIZE): Float32Array {
  const filled = new Float32Array(size);
  fillDropoutMask(filled, probability, seed);
  return filled;
}

/** χ² of the numbers dropped in 100 equal blocks against what the probability says. About 100 when all is well. */
function blockChiSquare(values: Float32Array, probability: number): number {
  const block = values.length / 100;
  const expected = block * probability;
  let sum = 0;
  for (let i = 0; i < 100; i++) {
    const dropped = values.subarray(i * block, (i + 1) * block).reduce((n, x) => n + (x === 0 ? 1 : 0), 0);
    sum += (dropped - expected) ** 2 / (expected * (1 - probability));
  }
  return sum;
}

/** χ² with one degree of freedom of the independence of two masks, element by element. */
function independenceChiSquare(a: Float32Array, b: Float32Array): number {
  const size = Math.min(a.length, b.length);
  let [onlyA, onlyB, both] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    if (a[i] === 0) onlyA++;
    if (b[i] === 0) onlyB++;
    if (a[i] === 0 && b[i] === 0) both++;
  }
  const expected = (onlyA * onlyB) / size;
  return (both - expected) ** 2 / (expected * (1 - onlyA / size) * (1 - onlyB / size));
}

/** Five standard deviations around the mean of χ² with 100 degrees of freedom. */
const WITHIN: readonly [number, number] = [100 - 5 * Math.sqrt(200), 100 + 5 * Math.sqrt(200)];
const isWithin = (x: number) => x > WITHIN[0] && x < WITHIN[1];
/** One in ten million for one degree of freedom. */
const INDEPENDENT = 28;

for (const probability of [0.01, 0.1, 0.5, 0.9]) {
  test(`a mask of probability ${probability} drops that part, evenly, and keeps the mean`, () => {
    const values = mask(probability, [1, 2]);
    const kept = Math.fround(1 / (1 - probability));
    assert.ok(values.every((x) => x === 0 || x === kept));
    const chiSquare = blockChiSquare(values, probability);
    assert.ok(isWithin(chiSquare), `χ² ${chiSquare}`);
    const mean = values.reduce((sum, x) => sum + x, 0) / SIZE;
    const deviation = Math.sqrt(probability / (1 - probability) / SIZE);
    assert.ok(Math.abs(mean - 1) < 5 * deviation, `mean ${mean}`);
  });
}

test('the test of evenness can fail: another probability, a pattern, and elements that go together do', () => {
  assert.ok(!isWithin(blockChiSquare(mask(0.105, [1, 2]), 0.1)));
  const pattern = new Float32Array(SIZE).map((_, i) => (i % 10 === 0 ? 0 : 1));
  assert.ok(!isWithin(blockChiSquare(pattern, 0.1)));
  const base = mask(0.1, [1, 2]);
  const fours = new Float32Array(SIZE).map((_, i) => base[i >> 2] as number);
  assert.ok(!isWithin(blockChiSquare(fours, 0.1)));
});

test('the same seed gives the same mask, and each part of it another', () => {
  assert.deepEqual(mask(0.1, [7, 3], 1000), mask(0.1, [7, 3], 1000));
  assert.deepEqual(mask(0.1, [7, 3], 1000), mask(0.1, [7, 3], 2000).subarray(0, 1000));
  assert.notDeepEqual(mask(0.1, [7, 3], 1000), mask(0.1, [8, 3], 1000));
  assert.notDeepEqual(mask(0.1, [7, 3], 1000), mask(0.1, [7, 4], 1000));
});

test('masks of other sites, other seeds and neighbouring elements are independent', () => {
  const base = mask(0.1, [7, 3]);
  for (const [what, other] of [
    ['the next site', mask(0.1, [7, 4])],
    ['the next seed', mask(0.1, [8, 3])],
    ['site and seed swapped', mask(0.1, [3, 7])],
    ['the next element', base.subarray(1)],
    ['ten elements on', base.subarray(10)],
  ] as const) {
    const chiSquare = independenceChiSquare(base, other);
    assert.ok(chiSquare < INDEPENDENT, `${what}: χ² ${chiSquare}`);
  }
  // The test can fail: a mask depends on itself, and on one that shares a tenth of its elements.
  assert.ok(independenceChiSquare(base, base) > INDEPENDENT);
  const mixed = mask(0.1, [7, 4]).map((x, i) => (i % 10 === 0 ? (base[i] as number) : x));
  assert.ok(independenceChiSquare(base, mixed) > INDEPENDENT);
});

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
