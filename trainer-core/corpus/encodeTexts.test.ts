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

const all = (store: ReturnType<typeof encodeTexts>) => Array.from({ length: store.length }, (_, i) => [...store.at(i)]);
const [A, B, C, D, X, Y, Z] = [10, 11, 12, 13, 33, 34, 35];

test('a pair is [CLS] text [SEP] second [SEP]; the longer text is cut', () => {
  const pairs = [{ text: 'ab', second: 'xy z' }, { text: 'abcd', second: 'x' }, { text: 'a', second: '' }, 'ab'];
  const store = encodeTexts(pairs, letters(), 7);
  assert.deepEqual(all(store), [
    [CLS, A, B, SEP, X, Y, SEP],
    [CLS, A, B, C, SEP, X, SEP],
    [CLS, A, SEP, SEP],
    [CLS, A, B, SEP],
  ]);
  assert.deepEqual([0, 1, 2, 3].map(store.secondStart), [4, 5, 3, 4]);
  assert.deepEqual([...store.wordStarts(0)], [1, 1, 0, 1, 1, 0, 1]);
});

test('head and tail of a long text; of a pair each text within its share', () => {
  const cut = { longTexts: 'head-tail', stride: 0 } as const;
  assert.deepEqual(all(encodeTexts(['abcdxyz', 'ab'], letters(), 6, cut)), [
    [CLS, A, X, Y, Z, SEP],
    [CLS, A, B, SEP],
  ]);
  assert.deepEqual(all(encodeTexts([{ text: 'abcdxyz', second: 'xy' }], letters(), 9, cut)), [
    [CLS, A, X, Y, Z, SEP, X, Y, SEP],
  ]);
});

test('a long text in windows is several sequences of one text', () => {
  const cut = { longTexts: 'windows', stride: 1 } as const;
  const store = encodeTexts(['abcdxyz', '', 'ab', { text: 'ab', second: 'abxyz' }], letters(), 7, cut);
  assert.deepEqual(all(store), [
    [CLS, A, B, C, D, X, SEP],
    [CLS, X, Y, Z, SEP],
    [CLS, SEP],
    [CLS, A, B, SEP],
    [CLS, A, B, SEP, A, B, SEP],
    [CLS, A, B, SEP, B, X, SEP],
    [CLS, A, B, SEP, X, Y, SEP],
    [CLS, A, B, SEP, Y, Z, SEP],
  ]);
  assert.deepEqual([...store.textOf], [0, 0, 1, 2, 3, 3, 3, 3]);
});
