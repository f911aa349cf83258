import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOff, valueAt } from './scheduled.js';

test('one number stays, two are joined by a straight line that ends with the run', () => {
  assert.equal(valueAt(3, 0.7), 3);
  assert.deepEqual(
    [-1, 0, 0.25, 1, 2].map((progress) => valueAt([4, 2], progress)),
    [4, 4, 3.5, 2, 2],
  );
});

test('off is what is 0 all along', () => {
  for (const scheduled of [undefined, 0, [0, 0]]) assert.ok(isOff(scheduled));
  for (const scheduled of [1, [0, 1], [1, 0]]) assert.ok(!isOff(scheduled));
});
