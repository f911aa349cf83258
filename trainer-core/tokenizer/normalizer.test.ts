/** NFKC as of Unicode 14, and where in the original its results come from. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { align, normalize } from './normalizer.js';

test('characters of Unicode 14 are normalised, newer ones left alone', () => {
  assert.equal(normalize('ﾊﾞ㌔①ﬁｶﾞ'), 'バキロ1fiガ');
  assert.equal(normalize('\u{1ccd6}①\u{1e030}'), '\u{1ccd6}1\u{1e030}');
  // In Unicode 16 the first two compose; in 17 the last is a letter of another shape.
  assert.equal(normalize('\u{105d2}\u0307\ua7f1'), '\u{105d2}\u0307\ua7f1');
  assert.equal(normalize('\ud800か\u3099'), '\ud800が');
});

test('long runs of marks are put in canonical order as short ones are', () => {
  // Of classes 1, 6, 8, 9, 220, 230, 240 and 0, some of them decomposed, and some letters between.
  const marks = [...'\u0334\u{16ff0}\u3099\uff9e\u094d\u0323\u0301\u0341\u0344\u0345\u0903\u1160ae'];
  const random = Random.fromSeed(8);
  for (const length of [999, 1000, 1001, 5000]) {
    for (const kinds of [2, 5, marks.length]) {
      const text = `が${Array.from({ length }, () => marks[random.below(kinds)]).join('')}\u{1e08f}a\u0323`;
      assert.equal(normalize(text), `${text.slice(0, -4).normalize('NFKC')}\u{1e08f}ạ`);
    }
  }
});

test('what runs of characters align to, put together, is the normalised whole', () => {
  const samples = ['か\u3099', 'ｶ', 'ﾞ', 'e', '\u0301', '\u0323', 'ᄀ', 'ㅏ', 'ﾡ', 'ￂ', '\u11a8', '㌔', '각', 'ำ', 'กำ'];
  samples.push('\u{1d15f}', '\u{1d165}', '\u037a', '゛', '\ud83d', '\u{1f600}', ' ', '\u{1ccd6}', 'ﷺ', '½', '\n');
  for (const a of samples) {
    for (const b of samples) {
      for (const c of samples) {
        const text = `${a}${b}${c}`;
        const normalized = normalize(text);
        const { starts, ends } = align(text, normalized);
        let last = 0;
        for (let i = 0; i < normalized.length; i++) {
          assert.ok(starts[i]! >= last && ends[i]! > starts[i]! && ends[i]! <= text.length, text);
          last = starts[i]!;
          // A part, normalised alone, must hold the code unit that is said to come from it.
          assert.ok(normalize(text.slice(starts[i]!, ends[i]!)).includes(normalized[i]!), `${text}: ${normalized[i]}`);
        }
        assert.equal(ends.at(-1), text.length);
      }
    }
  }
});
