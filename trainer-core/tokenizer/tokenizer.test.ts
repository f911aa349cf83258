/** The tokenizer against real MeCab and WordPiece, id by id; and what its offsets must hold to. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readDictionary } from './dictionary.js';
import { JapaneseTokenizer, type Tokenization } from './tokenizer.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = join(root, 'trainer-core/tokenizer/fixtures');

interface Golden {
  text: string;
  words: string[];
  pieces: string[];
  ids: number[];
}

let tokenizer: JapaneseTokenizer;

before(() => {
  if (!existsSync(join(root, 'dist/ipadic.bin'))) execFileSync('node', [join(root, 'scripts/buildDictionary.mjs')]);
  tokenizer = JapaneseTokenizer.load({ vocabFile: join(root, 'media/vocab/vocab.txt') });
});

function readGoldens(file: string): Golden[] {
  const lines = gunzipSync(readFileSync(join(fixtures, file)))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Golden);
}

for (const [file, count] of [
  ['goldensWiki.jsonl.gz', 2000],
  ['goldensFuzzed.jsonl.gz', 1426],
] as const) {
  test(`${file}: words, pieces and ids are those of MeCab and WordPiece, and the offsets hold`, () => {
    const goldens = readGoldens(file);
    assert.equal(goldens.length, count);
    for (const { text, words, pieces, ids } of goldens) {
      const got = tokenizer.tokenize(text);
      assert.deepEqual({ words: got.words, pieces: got.pieces, ids: got.ids }, { words, pieces, ids }, text);
      assert.deepEqual(Array.from(tokenizer.encode(text)), ids);
      assertOffsetsHold(text, got);
      const { ids: wordIds, wordStarts } = tokenizer.encodeWords(text);
      assert.deepEqual(Array.from(wordIds), ids);
      const expected = got.wordIndex.map((word, i) => (word === got.wordIndex[i - 1] ? 0 : 1));
      assert.deepEqual(Array.from(wordStarts), expected);
      const inPlace = tokenizer.encodeInPlace(text);
      assert.deepEqual(inPlace.ids.subarray(0, inPlace.count), wordIds);
      assert.deepEqual(inPlace.wordStarts.subarray(0, inPlace.count), wordStarts);
    }
  });
}

function assertOffsetsHold(text: string, { pieces, offsets, wordIndex }: Tokenization): void {
  const isNormal = text.normalize('NFKC') === text;
  for (const [i, { start, end }] of offsets.entries()) {
    const before = offsets[i - 1] ?? { start: 0, end: 0 };
    assert.ok(start >= before.start && end >= before.end && start < end && end <= text.length, `${text} at piece ${i}`);
    if (!isNormal || pieces[i] === '[UNK]') continue;
    const continues = i > 0 && wordIndex[i] === wordIndex[i - 1] && start === before.end;
    const slice = text.slice(start, end);
    assert.ok(slice === pieces[i] || (continues && `##${slice}` === pieces[i]), `${pieces[i]} is not ${slice}`);
  }
}

const slices = (text: string) => tokenizer.tokenize(text).offsets.map(({ start, end }) => text.slice(start, end));

test('the dictionary has all 392,126 entries of ipadic, and 40 for unknown words', () => {
  assert.equal(readDictionary(join(root, 'dist/ipadic.bin')).entries.length, 4 * (392_126 + 40));
});

test('offsets point into the text before NFKC', () => {
  assert.deepEqual(tokenizer.tokenize('ﾊﾞｽは５㌔').words, ['バス', 'は', '5', 'キロ']);
  assert.deepEqual(slices('ﾊﾞｽは５㌔'), ['ﾊﾞｽ', 'は', '５', '㌔']);
  assert.deepEqual(slices('か\u3099く[MASK]が'), ['か\u3099く', '[MASK]', 'が']);
});

test('a special token is kept whole with the text around it cut on its own', () => {
  const { words, pieces, ids } = tokenizer.tokenize('東[MASK]京 [SEP]');
  assert.deepEqual(words, ['東', '[MASK]', '京', '[SEP]']);
  assert.deepEqual(pieces, ['東', '[MASK]', '京', '[SEP]']);
  assert.equal(ids[1], tokenizer.vocabulary.maskId);
  assert.ok(!tokenizer.tokenize('［ＭＡＳＫ］').ids.includes(tokenizer.vocabulary.maskId));
});

test('lone surrogates and texts that fill more than the first buffers do no harm', () => {
  const { ids, offsets } = tokenizer.tokenize('日本\ud800語\udc00');
  assert.deepEqual(offsets.at(-1), { start: 4, end: 5 });
  assert.equal(ids.length, offsets.length);
  const sentence = '吾輩は猫である。';
  const once = Array.from(tokenizer.encode(sentence));
  const many = tokenizer.encode(sentence.repeat(20_000));
  assert.equal(many.length, once.length * 20_000);
  assert.deepEqual(Array.from(many.subarray(-once.length)), once);
  assert.deepEqual(Array.from(tokenizer.encode(sentence)), once, 'what went before leaves no trace');
});

test("U+FFFF is a word of its own, as it lies behind the end of MeCab's table of characters", () => {
  assert.deepEqual(tokenizer.tokenize('\ufeff\uffff\ufeff\ufffe').words, ['\ufeff', '\uffff', '\ufeff\ufffe']);
});

test('behind 65,530 spaces a word is seen only as far as 65,535 bytes reach', () => {
  const wordsBehind = (spaces: number, end: string) =>
    tokenizer.tokenize(`a${' '.repeat(spaces)}${end}`).words.slice(1);
  assert.deepEqual(wordsBehind(65_529, '東京都'), ['東京', '都']);
  assert.deepEqual(wordsBehind(65_530, '東京都'), ['東', '京都']);
  assert.deepEqual(wordsBehind(65_533, '12'), ['12']);
  assert.deepEqual(wordsBehind(65_534, 'ab'), ['a', 'b']);
  assert.deepEqual(wordsBehind(65_535, 'ab'), []);
});

test('nothing, or nothing but space, has no pieces', () => {
  for (const text of ['', ' ', '\n\t ', '\u3000', '\0日本']) assert.deepEqual(tokenizer.tokenize(text).ids, []);
});
