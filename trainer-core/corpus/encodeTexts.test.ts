import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTexts, type WordEncoder } from './encodeTexts.js';

const UNK = 1;
const CLS = 2;
const SEP = 3;

/** A letter a piece (a = 10, …), `?` unknown; a space ends a word. */
function letters(size = 100): WordEncoder {
  return {
    vocabulary: { size, clsId: CLS, sepId: SEP },
    encodeWords(text) {
      const ids: number[] = [];
      const wordStarts: number[] = [];
      for (const word of text.split(' ').filter((part) => part !== '')) {
        [...word].forEach((letter, i) => {
          ids.push(letter === '?' ? UNK : letter.charCodeAt(0) - 87);
          wordStarts.push(i === 0 ? 1 : 0);
        });
      }
      return { ids, wordStarts };
    },
  };
}

test('texts for a classifier are cut, never dropped', () => {
  const store = encodeTexts(['ab cd', '', '????', 'abc'], letters(), 5);
  assert.deepEqual(
    Array.from({ length: 4 }, (_, i) => [...store.at(i)]),
    [
      [CLS, 10, 11, 12, SEP],
      [CLS, SEP],
      [CLS, UNK, UNK, UNK, SEP],
      [CLS, 10, 11, 12, SEP],
    ],
  );
  assert.deepEqual([...store.wordStarts(0)], [1, 1, 0, 1, 1]);
});

test('ids take two bytes up to 65,536 of them, else four', () => {
  assert.ok(encodeTexts(['ab'], letters(65_536), 20).at(0) instanceof Uint16Array);
  assert.ok(encodeTexts(['ab'], letters(65_537), 20).at(0) instanceof Uint32Array);
});
