import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOf } from '../../../trainer-core/scores/spread.js';
import { pairedDifference } from './statistics.js';

test("mean and spread are those of Python's statistics.mean and statistics.stdev", () => {
  const { mean, deviation } = spreadOf([9.31, 9.02, 9.44, 8.87]);
  assert.ok(Math.abs(mean - 9.16) < 1e-12);
  assert.ok(Math.abs((deviation as number) - 0.2611512971440122) < 1e-12);
  assert.deepEqual(spreadOf([3]), { mean: 3, deviation: null });
});

test("a difference is clear as R's paired t.test has it", () => {
  // t.test(c(5.1, 5.4, 5.0), c(5.6, 5.8, 5.6), paired = TRUE): t = -8.66, p = 0.013.
  const clear = pairedDifference([5.1, 5.4, 5.0], [5.6, 5.8, 5.6]);
  assert.ok(Math.abs(clear.mean + 0.5) < 1e-12);
  assert.ok(Math.abs((clear.deviation as number) - 0.1) < 1e-12);
  assert.equal(clear.clear, true);
  // t.test(c(5.1, 5.7, 5.0), c(5.6, 5.8, 5.6), paired = TRUE): t = -2.62, p = 0.12.
  assert.equal(pairedDifference([5.1, 5.7, 5.0], [5.6, 5.8, 5.6]).clear, false);
  assert.equal(pairedDifference([1], [2]).clear, false);
});
