import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headAndTail, longestFirst, windows } from './textCuts.js';

/** Hugging Face's `truncate_sequences` with `longest_first`, as it is written: a piece at a time. */
function pieceByPiece(first: number, second: number, room: number): [number, number] {
  let [a, b] = [first, second];
  for (let removed = first + second - room; removed > 0; removed--) {
    if (a > b) a -= 1;
    else b -= 1;
  }
  return [a, b];
}

test('a pair is cut as Hugging Face cuts it', () => {
  // What tokenizer.truncate_sequences(range(a), range(b), a + b - room, 'longest_first') keeps.
  for (const [a, b, room, expected] of [
    [3, 4, 10, [3, 4]],
    [5, 5, 9, [5, 4]],
    [4, 5, 8, [4, 4]],
    [5, 4, 7, [4, 3]],
    [2, 40, 20, [2, 18]],
    [40, 2, 20, [18, 2]],
    [40, 40, 21, [11, 10]],
    [0, 9, 4, [0, 4]],
  ] as const) {
    assert.deepEqual(longestFirst(a, b, room), expected, `${a} and ${b} in ${room}`);
    assert.deepEqual(pieceByPiece(a, b, room), expected);
  }
  const length = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(length, length, fc.integer({ min: 2, max: 80 }), (a, b, room) => {
      assert.deepEqual(longestFirst(a, b, room), pieceByPiece(a, b, room));
    }),
  );
});

test('of 510 pieces the first 128 and the last 382 are read, and of fewer the same parts', () => {
  assert.deepEqual(headAndTail(1000, 510), [
    { start: 0, end: 128 },
    { start: 618, end: 1000 },
  ]);
  assert.deepEqual(headAndTail(510, 510), [{ start: 0, end: 510 }]);
  assert.deepEqual(headAndTail(100, 4), [
    { start: 0, end: 1 },
    { start: 97, end: 100 },
  ]);
});

test('windows read every piece, share `stride` of them, and all but the last are full', () => {
  assert.deepEqual(windows(10, 4, 1), [
    { start: 0, end: 4 },
    { start: 3, end: 7 },
    { start: 6, end: 10 },
  ]);
  assert.deepEqual(windows(4, 4, 1), [{ start: 0, end: 4 }]);
  assert.deepEqual(windows(0, 4, 1), [{ start: 0, end: 0 }]);
  const sizes = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 40 }), fc.nat(39));
  fc.assert(
    fc.property(sizes, ([length, room, most]) => {
      const stride = Math.min(most, room - 1);
      const found = windows(length, room, stride);
      assert.equal(found[0]!.start, 0);
      assert.equal(found.at(-1)!.end, length);
      found.slice(1).forEach(({ start }, i) => {
        assert.equal(found[i]!.end - start, stride);
        assert.equal(found[i]!.end - found[i]!.start, room);
      });
    }),
  );
});
