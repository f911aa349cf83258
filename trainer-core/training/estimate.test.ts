import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samples } from './estimate.js';

test('the typical batch is the one nearest to the mean size, padding counted; the largest is the one to fear', () => {
  const batches = [[0, 1], [2, 3], [4, 5], [6]].map((batch) => Uint32Array.from(batch));
  // Padded: 20, 40, 24, 100; mean 46.
  const { typical, largest } = samples(batches, [10, 2, 20, 20, 12, 12, 100]);
  assert.deepEqual([typical, largest], [batches[1], batches[3]]);
});
