import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanOfTexts } from './meanOfTexts.js';

test('the rows of a text are averaged; a text with one keeps it', () => {
  const rows = [
    [1, 2],
    [3, -4],
    [5, 5],
    [0, 1],
    [0, 2],
    [3, 3],
  ].map((row) => Float32Array.from(row));
  assert.deepEqual(
    meanOfTexts(rows, [0, 0, 1, 2, 2, 2]).map((row) => [...row]),
    [
      [2, -1],
      [5, 5],
      [1, 2],
    ],
  );
  assert.deepEqual(meanOfTexts([], []), []);
});
