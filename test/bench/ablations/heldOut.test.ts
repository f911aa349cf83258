import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seenLabels } from './heldOut.js';

test('what a batch does not hide is compared at every eighth piece, special ones left out', () => {
  const batch = { batchSize: 2, sequenceLength: 8, lengths: Int32Array.of(8, 7) };
  const inputIds = Int32Array.of(2, 4, 11, 12, 13, 14, 15, 3, 2, 16, 17, 18, 19, 4, 3, 0);
  const labels = Int32Array.from(inputIds, (id) => (id === 4 ? 10 : -100));
  const seen = seenLabels({ ...batch, inputIds, labels }, [0, 2, 3]);
  const chosen = [...seen].flatMap((id, i) => (id === -100 ? [] : [[i, id]]));
  assert.deepEqual(chosen, [
    [2, 11],
    [12, 19],
  ]);
});
