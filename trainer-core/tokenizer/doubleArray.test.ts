/** The trie against a Map, for keys that share beginnings, extend each other, or are not there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTrie, childOf, keyValueOf, labelOf, type Trie } from './doubleArray.js';

/** The values of all keys that `text` begins with, by their length. */
function prefixValues({ labels, units }: Trie, text: string): Map<number, number> {
  const found = new Map<number, number>();
  let firstWord = units[0]!;
  for (let i = 0; i < text.length; i++) {
    const label = labels[text.charCodeAt(i)]!;
    const unit = 2 * childOf(firstWord, label);
    const secondWord = units[unit + 1]!;
    if (label === 0 || labelOf(secondWord) !== label) break;
    firstWord = units[unit]!;
    const value = keyValueOf(firstWord, secondWord);
    if (value > 0) found.set(i + 1, value);
  }
  return found;
}

test('every prefix that is a key is found with its value, and no other', () => {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const alphabet = 'あいうえおかきくけこabc日月火水木金土\uffff\u0001\ud83d\ude00';
  const word = () => Array.from({ length: 1 + random(6) }, () => alphabet[random(alphabet.length)]).join('');
  const values = new Map(Array.from({ length: 20_000 }, () => [word(), 1 + random(2 ** 26 - 1)] as const));
  const trie = buildTrie(values);
  for (let i = 0; i < 20_000; i++) {
    const text = word() + word();
    const expected = new Map<number, number>();
    for (let end = 1; end <= text.length; end++) {
      const value = values.get(text.slice(0, end));
      if (value !== undefined) expected.set(end, value);
    }
    assert.deepEqual(prefixValues(trie, text), expected);
  }
});

test('the largest value is kept; empty keys and values out of bounds are refused', () => {
  assert.deepEqual(prefixValues(buildTrie(new Map([['東京', 2 ** 26 - 1]])), '東京都'), new Map([[2, 2 ** 26 - 1]]));
  for (const [key, value] of [
    ['', 1],
    ['a', 0],
    ['a', 2 ** 26],
  ] as const) {
    assert.throws(() => buildTrie(new Map([[key, value]])), RangeError);
  }
});
