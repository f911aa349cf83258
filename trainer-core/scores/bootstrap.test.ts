import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { bootstrapIntervals, quantile } from './bootstrap.js';

const meanOf = (values: readonly number[]) => (drawn: Uint32Array) => {
  return { mean: drawn.reduce((sum, i) => sum + values[i]!, 0) / drawn.length };
};

test('95 of 100 intervals hold the truth, about', async () => {
  let held = 0;
  for (let trial = 0; trial < 200; trial++) {
    const random = Random.fromSeed(trial).fork('trial');
    const values = Array.from({ length: 100 }, () => (random.float() < 0.7 ? 1 : 0));
    const { intervals } = await bootstrapIntervals(100, meanOf(values), { resamples: 300, seed: trial });
    const [low, high] = intervals.mean!;
    if (low <= 0.7 && 0.7 <= high) held++;
  }
  assert.ok(held >= 180 && held <= 198, `${held} of 200`);
});

test('the same seed gives the same interval, another seed another; examples that are all alike have one of no width', async () => {
  const values = Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
  const of = (seed: number) => bootstrapIntervals(50, meanOf(values), { resamples: 100, seed });
  assert.deepEqual(await of(1), await of(1));
  assert.notDeepEqual((await of(1)).intervals, (await of(2)).intervals);
  const { intervals, resamples } = await bootstrapIntervals(1, meanOf([0.25]));
  assert.deepEqual([intervals.mean, resamples], [[0.25, 0.25], 1000]);
});

test('without examples, and of a figure that a resample has not, there is no interval', async () => {
  assert.deepEqual((await bootstrapIntervals(0, meanOf([]))).intervals, {});
  let call = 0;
  const sometimes = () => ({ figure: call++ === 3 ? Number.NaN : 1, other: 2 });
  assert.deepEqual(Object.keys((await bootstrapIntervals(4, sometimes, { resamples: 5 })).intervals), ['other']);
});

test('a stop is obeyed between resamples', async () => {
  const abort = new AbortController();
  const slow = () => {
    const until = performance.now() + 20;
    while (performance.now() < until);
    return { figure: 1 };
  };
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(bootstrapIntervals(3, slow, { signal: abort.signal }), { name: 'AbortError' });
});

test("quantiles lie between numbers as numpy's", () => {
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75);
  assert.equal(quantile([7], 0.975), 7);
});
