/** What must hold for any text, even invalid UTF-16, and for runs of a million bytes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { anyText } from '../../test/support/textArbitrary.js';
import { normalize } from './normalizer.js';
import { JapaneseTokenizer } from './tokenizer.js';
import { SPECIAL_PIECES } from './vocabulary.js';

// The same texts in every run.
fc.configureGlobal({ seed: 4 });

const vocabFile = fileURLToPath(new URL('../../../media/vocab/vocab.txt', import.meta.url));
const tokenizer = JapaneseTokenizer.load({ vocabFile });
const SPECIAL = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;
/** What ipadic takes for space; it has no \f and no \r. */
const SPACES = /[\t\n\v ]+/g;

/** The text that the words must spell: normalised, without space, and without what lies behind U+0000. */
function spelling(text: string): string {
  const parts = text.split(SPECIAL).map((part, i) => (i % 2 === 1 ? part : normalize(part).replace(/\0.*/s, '')));
  return parts.join('').replace(SPACES, '');
}

function check(text: string): void {
  const { words, pieces, ids, offsets, wordIndex } = tokenizer.tokenize(text);
  assert.equal(words.join(''), spelling(text));
  assert.ok(words.every((word) => word !== ''));

  assert.ok(pieces.length === ids.length && offsets.length === ids.length && wordIndex.length === ids.length);
  let before = { start: 0, end: 0, word: 0 };
  for (const [i, { start, end }] of offsets.entries()) {
    const word = wordIndex[i]!;
    const inOrder = start >= before.start && end >= before.end && start < end && end <= text.length;
    assert.ok(inOrder, `piece ${i}: ${before.start}-${before.end}, then ${start}-${end} of ${text.length}`);
    assert.ok(word >= before.word && word < words.length, `piece ${i}: word ${before.word}, then ${word}`);
    assert.equal(pieces[i], tokenizer.vocabulary.pieces[ids[i]!]);
    const spelt = (pieces[i] as string).replace(/^##(?=.)/s, '');
    const isPart = words[word]!.includes(spelt) || pieces[i] === '[UNK]';
    assert.ok(isPart, `piece ${i}, ${pieces[i]}, is not of word ${words[word]}`);
    const source = text.slice(start, end);
    const isSource = normalize(source).includes(spelt) || pieces[i] === '[UNK]';
    assert.ok(isSource, `piece ${i}, ${pieces[i]}, is not from ${source}`);
    before = { start, end, word };
  }

  assert.deepEqual(Array.from(tokenizer.encode(text)), ids);
  const encoded = tokenizer.encodeWords(text);
  assert.deepEqual(Array.from(encoded.ids), ids);
  const starts = wordIndex.map((word, i) => (i === 0 || word !== wordIndex[i - 1] ? 1 : 0));
  assert.deepEqual(Array.from(encoded.wordStarts), starts);
  const inPlace = tokenizer.encodeInPlace(text);
  assert.deepEqual(inPlace.ids.subarray(0, inPlace.count), encoded.ids);
  assert.deepEqual(inPlace.wordStarts.subarray(0, inPlace.count), encoded.wordStarts);
}

test('any text gives pieces in the order of the text, the same by every way, whose words spell it', () => {
  fc.assert(fc.property(anyText, check), { numRuns: 3000 });
});

test('any code units do', () => {
  const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 });
  fc.assert(
    fc.property(anyUnits, (units) => check(String.fromCharCode(...units))),
    { numRuns: 2000 },
  );
});

test('special tokens part a text into texts of their own', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...SPECIAL_PIECES), anyText, (left, special, right) => {
      const ids = [left, special, right].flatMap((part) => Array.from(tokenizer.encode(part)));
      assert.deepEqual(Array.from(tokenizer.encode(left + special + right)), ids);
    }),
    { numRuns: 1000 },
  );
});

test('a text leaves no trace in the next, however long it was', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 2, maxLength: 5 }), fc.nat({ max: 4 }), (texts, at) => {
      const before = texts.map((text) => tokenizer.encode(text));
      const long = `${texts[at % texts.length]}京`;
      tokenizer.encode(long.repeat(Math.ceil(100_000 / long.length)));
      assert.deepEqual(
        texts.map((text) => tokenizer.encode(text)),
        before,
      );
    }),
    { numRuns: 5 },
  );
});

test('a million bytes of one character, or of two, take no more than seconds', () => {
  const runs = [
    'あ',
    'ー',
    '亜',
    '一',
    '1',
    'a',
    '。',
    ' ',
    '𠮷',
    '😀',
    '한',
    'ᄀ',
    'ﾞ',
    'ﷺ',
    '\u200b',
    '\u0301',
    '\ud800',
  ];
  for (const one of [...runs, 'a\n', 'が\u3099', '\u0301\u0323ﾞ', '[MASK]', 'すもも']) {
    const text = one.repeat(Math.floor(1e6 / Buffer.byteLength(one)));
    const before = process.cpuUsage();
    const { count } = tokenizer.encodeInPlace(text);
    const { user, system } = process.cpuUsage(before);
    assert.ok(count > 0 || one === ' ');
    assert.ok(user + system < 5e6, `${JSON.stringify(one)}: ${user + system} µs`);
  }
});

test('after a long text the memory for it is given back', () => {
  const { ids } = tokenizer.encodeInPlace('あ'.repeat(300_000));
  assert.ok(ids.length >= 300_000);
  assert.ok(tokenizer.encodeInPlace('あ').ids.length < 3000);
});
