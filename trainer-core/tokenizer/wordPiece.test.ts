/** WordPiece over a small vocabulary, where each rule shows. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPECIAL_PIECES, type Vocabulary } from './vocabulary.js';
import { buildPieceTrie, WordPiece } from './wordPiece.js';

function vocabularyOf(...more: string[]): Vocabulary {
  const pieces = [...SPECIAL_PIECES, ...more];
  const idOf = (piece: string) => pieces.indexOf(piece);
  return { pieces, size: pieces.length, idOf, padId: 0, unkId: 1, clsId: 2, sepId: 3, maskId: 4 };
}

function cut(vocabulary: Vocabulary, ...words: string[]) {
  const wordPiece = new WordPiece(buildPieceTrie(vocabulary), vocabulary.unkId);
  for (const word of words) {
    const units = Uint16Array.from(Array.from({ length: word.length }, (_, i) => word.charCodeAt(i)));
    wordPiece.append(units, 0, units.length);
  }
  return Array.from({ length: wordPiece.count }, (_, i) => vocabulary.pieces[wordPiece.ids[i]!]);
}

const vocabulary = vocabularyOf(
  '東',
  '東京',
  '##京',
  '##都',
  '##',
  '##東',
  'a',
  '##a',
  '##\u2028',
  '\u{20bb7}',
  '##\u{20bb7}',
);

test('the longest piece wins, and one part without a piece makes the whole word [UNK]', () => {
  assert.deepEqual(cut(vocabulary, '東京都'), ['東京', '##都']);
  assert.deepEqual(cut(vocabulary, '東都', '東府', '府', '東'), ['東', '##都', '[UNK]', '[UNK]', '東']);
});

test('a piece that begins with ## also begins a word that is spelt so', () => {
  assert.deepEqual(cut(vocabulary, '##東京', '##'), ['##東', '##京', '##']);
});

test('100 characters are a word, 101 are [UNK], however many code units they take', () => {
  assert.equal(cut(vocabulary, 'a'.repeat(100)).length, 100);
  assert.deepEqual(cut(vocabulary, 'a'.repeat(101)), ['[UNK]']);
  assert.equal(cut(vocabulary, '\u{20bb7}'.repeat(100)).length, 100);
  assert.deepEqual(cut(vocabulary, '\u{20bb7}'.repeat(101)), ['[UNK]']);
});

test('whitespace inside a word parts it, and vanishes', () => {
  assert.deepEqual(cut(vocabulary, '\u2028東\x1c京\x85東京\r'), ['東', '[UNK]', '東京']);
  assert.deepEqual(cut(vocabulary, '\u2028\x1f'), []);
  assert.deepEqual(cut(vocabulary, 'a\ufeffa'), ['[UNK]'], 'which U+FEFF is not');
});

test('a vocabulary without continuing pieces knows only whole words', () => {
  assert.deepEqual(cut(vocabularyOf('東', '京'), '東', '東京'), ['東', '[UNK]']);
});
