import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seenLabels } from './heldOut.js';

test('what a batch does not hide is compared at every fourth piece, special ones left out', () => {
  const batch = { batchSize: 2, sequenceLength: 6, lengths: Int32Array.of(6, 5) };
  const inputIds = Int32Array.of(2, 4, 11, 12, 13, 3, 2, 14, 15, 4, 3, 0);
  const labels = Int32Array.of(-100, 10, -100, -100, -100, -100, -100, -100, -100, 16, -100, -100);
  const seen = seenLabels({ ...batch, inputIds, labels }, [0, 2, 3]);
  assert.deepEqual([...seen], [-100, -100, 11, -100, -100, -100, -100, -100, 15, -100, -100, -100]);
});
