import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueRange } from './valueRange.js';

test('all values have room, and what is not negative stays above 0', () => {
  assert.deepEqual(
    valueRange(
      [
        [1, null, 3],
        [undefined, 2],
      ],
      false,
    ),
    [0.88, 3.12],
  );
  assert.deepEqual(valueRange([[0.01, 1]], false), [0, 1.0594]);
  assert.deepEqual(valueRange([[-1, 1]], false), [-1.12, 1.12]);
});

test('on a logarithmic scale the room is a factor', () => {
  const [low, high] = valueRange([[1, 1e4]], true);
  assert.ok(low > 0 && low < 1 && high > 1e4);
  assert.ok(Math.abs(low * high - 1e4) < 1e-6);
});

test('one value, and none', () => {
  assert.deepEqual(valueRange([[5]], false), [4.5, 5.5]);
  assert.deepEqual(valueRange([[0]], false), [0, 1]);
  assert.deepEqual(valueRange([[null]], false), [0, 1]);
  assert.deepEqual(valueRange([], true), [0.1, 1]);
});
