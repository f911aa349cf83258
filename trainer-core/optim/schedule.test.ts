import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipScale, globalNorm } from './clip.js';
import { learningRateAt } from './schedule.js';

const near = (got: number, expected: number) =>
  assert.ok(Math.abs(got - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${got}, expected ${expected}`);

test('the rate rises from 0, is whole at the end of the warm-up, and falls to 0 on a straight line', () => {
  const schedule = { learningRate: 8, totalSteps: 10, warmupSteps: 2 };
  const rates = Array.from({ length: 12 }, (_, step) => learningRateAt(schedule, step));
  assert.deepEqual(rates, [0, 4, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
});

test('without warm-up the first step has the whole rate, and a run of one step has it too', () => {
  assert.equal(learningRateAt({ learningRate: 8, totalSteps: 4, warmupSteps: 0 }, 0), 8);
  assert.equal(learningRateAt({ learningRate: 8, totalSteps: 1, warmupSteps: 0 }, 0), 8);
  // All warm-up: the rate never falls, and nothing is divided by 0.
  assert.equal(learningRateAt({ learningRate: 8, totalSteps: 4, warmupSteps: 4 }, 3), 6);
  assert.equal(learningRateAt({ learningRate: 8, totalSteps: 4, warmupSteps: 4 }, 4), 0);
});

test('the global norm of any number of elements is exact where float32 would lose digits', () => {
  near(globalNorm(new Float32Array(0)), 0);
  near(globalNorm(Float32Array.of(3, 4)), 5);
  for (const size of [1, 2, 3, 4, 5, 7, 1001]) {
    const x = Float32Array.from({ length: size }, (_, i) => i + 1);
    near(globalNorm(x), Math.sqrt((size * (size + 1) * (2 * size + 1)) / 6));
  }
  // A float32 sum stops growing at 2^24.
  near(globalNorm(new Float32Array(2 ** 25).fill(1)), Math.sqrt(2 ** 25));
  assert.ok(Number.isNaN(globalNorm(Float32Array.of(1, Number.NaN))));
  assert.equal(globalNorm(Float32Array.of(1, Number.NEGATIVE_INFINITY)), Number.POSITIVE_INFINITY);
});

test('gradients are scaled down to the norm and never up', () => {
  near(clipScale(10, 5), 5 / (10 + 1e-6));
  assert.equal(clipScale(4, 5), 1);
  assert.equal(clipScale(0, 5), 1);
  // As in torch, a norm at the limit is scaled by a little.
  assert.ok(clipScale(5, 5) < 1);
});
