import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lengthBars } from './lengthBars.js';

const lengths = (binWidth: number, counts: number[]) => ({ binWidth, counts, mean: 0, longest: 0 });

describe('bars of lengths', () => {
  it('are the bins without the empty ones at both ends', () => {
    assert.deepEqual(lengthBars(lengths(4, [0, 0, 3, 0, 5, 0]), 10), [
      { from: 8, to: 11, count: 3 },
      { from: 12, to: 15, count: 0 },
      { from: 16, to: 19, count: 5 },
    ]);
  });

  it('hold several bins where there are more, and lose no sequence', () => {
    const counts = Array.from({ length: 512 }, (_, length) => (length < 11 ? 0 : length));
    const bars = lengthBars(lengths(1, counts), 64);
    assert.ok(bars.length <= 65, `${bars.length} bars`);
    assert.equal(
      bars.reduce((sum, { count }) => sum + count, 0),
      counts.reduce((sum, count) => sum + count, 0),
    );
    for (const { from, to } of bars) assert.deepEqual([from % 8, to - from], [0, 7]);
  });

  it('are none where there is no sequence', () => {
    assert.deepEqual(lengthBars(lengths(4, [0, 0]), 10), []);
    assert.deepEqual(lengthBars(lengths(4, []), 10), []);
  });
});
