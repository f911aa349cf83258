import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sequencesOf } from '../../test/support/corpora.js';
import { type CorpusSettings, corpusSettings } from '../protocol/corpusSettings.js';
import { type InPlaceEncoder, SequenceMaker } from './sequenceMaker.js';

const UNK = 1;
const CLS = 2;
const SEP = 3;

/** A letter a piece (a = 10, …, ? unknown, 。 = 9); a capital begins a word. Its arrays are used again, as the tokenizer's are. */
function letters(size = 100): InPlaceEncoder {
  const ids = new Int32Array(1000);
  const wordStarts = new Uint8Array(1000);
  return {
    vocabulary: { size, unkId: UNK, clsId: CLS, sepId: SEP },
    encodeInPlace(text) {
      ids.fill(-1);
      const characters = [...text];
      for (const [i, letter] of characters.entries()) {
        ids[i] = letter === '?' ? UNK : letter === '。' ? 9 : letter.toLowerCase().charCodeAt(0) - 87;
        wordStarts[i] = i === 0 || letter !== letter.toLowerCase() ? 1 : 0;
      }
      return { count: characters.length, ids, wordStarts };
    },
  };
}

function make(
  documents: readonly (readonly string[])[],
  maxSeqLength: number,
  settings: Partial<CorpusSettings> = {},
  size?: number,
) {
  const maker = new SequenceMaker(letters(size), corpusSettings.parse({ minTokens: 3, ...settings }), maxSeqLength);
  for (const lines of documents) maker.add(lines);
  const made = maker.take();
  return { ...made, sequences: sequencesOf(made), texts: sequencesOf(made).map(({ ids }) => spelt(ids)) };
}

/** Ids as a text: ( and ) for [CLS] and [SEP]. */
function spelt(ids: readonly number[]): string {
  const special: Record<number, string> = { [UNK]: '?', [CLS]: '(', [SEP]: ')', 9: '。' };
  return ids.map((id) => special[id] ?? String.fromCharCode(id + 87)).join('');
}

test('packs consecutive sentences of a document, as many as fit, and none of two documents', () => {
  const { texts, counts, sequences } = make([['Abc。de。', 'fgh。'], ['i。jklm。']], 10);
  assert.deepEqual(texts, ['(abc。de。)', '(fgh。)', '(i。jklm。)']);
  // Each sentence begins a word, and so do [CLS] and [SEP].
  assert.deepEqual(sequences[0]!.wordStarts, [1, 1, 0, 0, 0, 1, 0, 0, 1]);
  assert.deepEqual(counts.sentences, { read: 5, kept: 5, dropped: { tooFewChars: 0, tooManyChars: 0 } });
  assert.deepEqual(counts.sequences, { made: 3, cut: 0, dropped: { tooFewTokens: 0, tooManyUnknown: 0 } });
  // 10 letters, 5 × 。 of three bytes each.
  assert.equal(counts.textBytes, 'abcdefghijklm'.length + 3 * 5);
  // Exactly as many as fit: 10 ids with [CLS] and [SEP].
  assert.deepEqual(make([['abcd。efg。']], 11).texts, ['(abcd。efg。)']);
  assert.deepEqual(make([['abcd。efg。']], 10).texts, ['(abcd。)', '(efg。)']);
});

test('a sentence that is too long is cut, apart from its neighbours', () => {
  const { texts, counts } = make([['a。bcdefghijklm。n。o。']], 10);
  assert.deepEqual(texts, ['(a。)', '(bcdefgh)', '(ijklm。)', '(n。o。)']);
  assert.equal(counts.sequences.cut, 1);
});

test('a sentence or a line a sequence', () => {
  assert.deepEqual(make([['abc。de。', 'fgh。']], 10, { sequences: 'sentences' }).texts, [
    '(abc。)',
    '(de。)',
    '(fgh。)',
  ]);
  assert.deepEqual(make([['abc。de。', ' fgh。 ']], 10, { sequences: 'lines' }).texts, ['(abc。de。)', '(fgh。)']);
});

test('a long line is cut as remove_long_sequences does', () => {
  const text = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  // [CLS] + 40 + [SEP] = 42 ids, cut every 14 - 2 = 12 of them: 12, 12, 12 and 6.
  const all = `(${text})`;
  const { texts, sequences } = make([[text]], 14, { sequences: 'lines' });
  assert.deepEqual(texts, [
    `${all.slice(0, 12)})`,
    `(${all.slice(12, 24)})`,
    `(${all.slice(24, 36)})`,
    `(${all.slice(36)}`,
  ]);
  // A word that is cut begins anew.
  assert.deepEqual(sequences[1]!.wordStarts, [1, 1, ...new Array(11).fill(0), 1]);
  // 22 letters are 24 ids with [CLS] and [SEP]: the second chunk ends with the last of them.
  assert.deepEqual(make([[text.slice(0, 22)]], 14, { sequences: 'lines' }).texts, [
    `(${text.slice(0, 11)})`,
    `(${text.slice(11, 22)})`,
  ]);
  // One more, and [SEP] is left alone for a chunk of its own, which is too short.
  const lone = make([[text.slice(0, 23)]], 14, { sequences: 'lines' });
  assert.deepEqual(lone.texts, [`(${text.slice(0, 11)})`, `(${text.slice(11, 23)})`]);
  assert.deepEqual(lone.counts.sequences, { made: 3, cut: 1, dropped: { tooFewTokens: 1, tooManyUnknown: 0 } });
});

test('sentences of too few or too many characters are dropped before they are tokenised', () => {
  const settings = { sequences: 'lines', minChars: 3, maxChars: 5 } as const;
  const { texts, counts, tokenCounts } = make([['ab', 'abc', 'abcde', 'abcdef', '𠮷𠮷', '𠮷𠮷𠮷𠮷𠮷']], 10, settings);
  assert.equal(texts.length, 3);
  assert.deepEqual(counts.sentences, { read: 6, kept: 3, dropped: { tooFewChars: 2, tooManyChars: 1 } });
  assert.deepEqual([tokenCounts[CLS], tokenCounts[10]], [3, 2]);
});

test('12 ids are enough and 11 too few; half unknown is too much', () => {
  const lines = ['abcdefghi', 'abcdefghij', '??????abcd', '?????abcde'];
  const { texts, counts, tokenCounts } = make([lines], 20, { sequences: 'lines', minTokens: 12 });
  // Of 12 ids 6 unknown are half of them; 5 are less.
  assert.deepEqual(texts, ['(abcdefghij)', '(?????abcde)']);
  assert.deepEqual(counts.sequences, { made: 4, cut: 0, dropped: { tooFewTokens: 1, tooManyUnknown: 1 } });
  // Counts are of all sequences, those dropped too.
  assert.deepEqual([tokenCounts[CLS], tokenCounts[SEP], tokenCounts[UNK], tokenCounts[10]], [4, 4, 11, 4]);
});

test('ids take four bytes in a large vocabulary; nothing is left from one chunk to the next', () => {
  assert.ok(make([['abc']], 10, {}, 65_536).ids instanceof Uint16Array);
  assert.ok(make([['abc']], 10, {}, 65_537).ids instanceof Uint32Array);
  const maker = new SequenceMaker(letters(), corpusSettings.parse({ minTokens: 3 }), 10);
  maker.add(['abc']);
  const first = maker.take();
  maker.add(['def']);
  const second = maker.take();
  assert.deepEqual(
    sequencesOf(first).map(({ ids }) => spelt(ids)),
    ['(abc)'],
  );
  assert.deepEqual(
    sequencesOf(second).map(({ ids }) => spelt(ids)),
    ['(def)'],
  );
  assert.deepEqual([second.counts.sentences.read, second.tokenCounts[10], second.tokenCounts[13]], [1, 0, 1]);
});
