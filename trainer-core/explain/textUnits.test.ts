import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { textUnits } from './textUnits.js';

const vocabFile = fileURLToPath(new URL('../../../media/vocab/vocab.txt', import.meta.url));
const tokenizer = JapaneseTokenizer.load({ vocabFile });

function units(text: string) {
  return textUnits(text, tokenizer.tokenize(text));
}
const words = (text: string) => units(text).map((unit) => unit.text);

test('words stand in the text as they do, not as NFKC makes them', () => {
  assert.deepEqual(words('ﾎｰﾑﾗﾝを１２本打つ。'), ['ﾎｰﾑﾗﾝ', 'を', '１２', '本', '打つ', '。']);
  assert.deepEqual(words('日本 代表　が'), ['日本', '代表', 'が']);
});

test('words that come from one character, or meet within one, are one', () => {
  assert.deepEqual(tokenizer.tokenize('㍿東京').words, ['株式会社', '東京']);
  assert.deepEqual(words('㍿東京'), ['㍿', '東京']);
  // NFKC makes three words of it: 1, ⁄, 2.
  assert.ok(tokenizer.tokenize('½杯').words.length > 2);
  assert.deepEqual(words('½杯'), ['½', '杯']);
  assert.deepEqual(tokenizer.tokenize('㋿㍻').words, ['令', '和平', '成']);
  assert.deepEqual(words('㋿㍻'), ['㋿㍻']);
});

test('emoji of one and of several code points are whole', () => {
  const family = '👨\u200d👩\u200d👧';
  for (const emoji of ['🎉', family, '🇯🇵', '👍🏽', '❤\ufe0f']) {
    const text = `勝った${emoji}ので`;
    const of = words(text);
    assert.ok(of.includes(emoji), `${emoji} in ${of.join('|')}`);
    for (const { start, end, text: word } of units(text)) assert.equal(text.slice(start, end), word);
  }
});

test('pieces belong to one word each, and words do not overlap', () => {
  const text = '㍿ソフトウェア🇯🇵が゛[MASK]発売　された½\u0000後';
  const all = units(text);
  assert.equal(all[0]?.firstPiece, 0);
  all.slice(1).forEach((unit, i) => {
    assert.equal(unit.firstPiece, all[i]!.lastPiece + 1);
    assert.ok(unit.start >= all[i]!.end && unit.end > unit.start);
  });
  assert.equal(all.at(-1)?.lastPiece, tokenizer.tokenize(text).ids.length - 1);
});

test('a text without pieces has no words', () => {
  assert.deepEqual(words(''), []);
  assert.deepEqual(words(' \u200b\u3000'.replace('\u200b', '')), []);
});
