import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LengthSums } from './lengthSums.js';

test('what lies before each, over the borders of blocks and at the end', () => {
  for (const count of [0, 1, 255, 256, 257, 512, 700]) {
    const lengths = Uint16Array.from({ length: count }, (_, i) => (i * 7919) % 513);
    const sums = new LengthSums(lengths);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      assert.equal(sums.before(i), sum);
      sum += lengths[i]!;
    }
    assert.deepEqual([sums.before(count), sums.total], [sum, sum]);
  }
});
