import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieceLines, textOf, wordsOf } from './sequenceLines.js';
import { displayWidth } from './width.js';

const PIECES = ['[CLS]', '蒸', '##留', 'は', 'New', 'York', '##er', '2', '月', '##', '[UNK]', '。', '[SEP]'];
const STARTS = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1];
const IDS = [2, 1234, 28_456, 9, 700, 701, 28_457, 32, 37, 26_000, 1, 8, 3];

test('words are told by their starts, and the text is put together from them', () => {
  const words = wordsOf(PIECES, STARTS);
  assert.deepEqual(words.slice(1, 3), [['蒸', '##留'], ['は']]);
  // A word of its own that begins with ## keeps it.
  assert.equal(textOf(words), '蒸留はNew Yorker 2月##[UNK]。');
});

test('each id stands below its piece, a bar before each word', () => {
  const words = wordsOf(PIECES, STARTS);
  assert.deepEqual(pieceLines(words, IDS, 30), [
    '│ [CLS] │ 蒸   ##留  │ は',
    '  2       1234 28456   9',
    '',
    '│ New │ York ##er  │ 2  │ 月',
    '  700   701  28457   32   37',
    '',
    '│ ##    │ [UNK] │ 。 │ [SEP]',
    '  26000   1       8    3',
  ]);
});

test('lines keep to their columns, and a word too long for one goes on in the next', () => {
  const word = ['とても', ...Array.from({ length: 40 }, () => '##長い')];
  const lines = pieceLines([['[CLS]'], word, ['[SEP]']], [2, ...word.map((_, k) => 10_000 + k), 3], 80);
  for (const line of lines) assert.ok(displayWidth(line) <= 80, line);
  assert.equal(lines.join(' ').match(/##長い/g)?.length, 40);
  assert.equal(lines.join(' ').match(/\b100\d\d\b/g)?.length, 41);
  assert.equal(lines.join(' ').match(/│/g)?.length, 3);
});
