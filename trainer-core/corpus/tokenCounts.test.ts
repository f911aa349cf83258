import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTokenCounts, encodeTokenCounts } from './tokenCounts.js';

test('counts are 64-bit unsigned integers, little-endian', () => {
  const counts = Float64Array.of(0, 1, 258, 2 ** 40 + 3);
  const bytes = encodeTokenCounts(counts);
  assert.deepEqual([...bytes.subarray(16, 24)], [2, 1, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...bytes.subarray(24)], [3, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual(decodeTokenCounts(bytes), counts);
});

test('they are read from wherever in memory the bytes lie', () => {
  const counts = Float64Array.of(7, 8, 9);
  // Small buffers are parts of a pool, at any offset.
  const parts = ['x', 'yyy'].map((before) => Buffer.concat([Buffer.from(before), encodeTokenCounts(counts)]));
  assert.deepEqual(decodeTokenCounts(parts[0]!.subarray(1)), counts);
  assert.deepEqual(decodeTokenCounts(parts[1]!.subarray(3)), counts);
});
