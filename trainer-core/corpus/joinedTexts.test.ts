import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTexts } from './encodeTexts.js';
import { joinedTexts } from './joinedTexts.js';

/** A piece a character. */
const encoder = {
  encodeWords: (text: string) => ({
    ids: [...text].map((character) => 10 + character.charCodeAt(0)),
    wordStarts: [...text].map((_, i) => i % 2),
  }),
  vocabulary: { size: 200, clsId: 2, sepId: 3 },
};

test('the texts of one store, then those of the other, are as if they had been encoded together', () => {
  const first = ['abcdefgh', { text: 'ab', second: 'cd' }];
  const second = ['x', 'abcdefghijkl', { text: 'pq', second: 'r' }];
  const cut = { longTexts: 'windows', stride: 1 } as const;
  const encoded = (texts: typeof first) => encodeTexts(texts, encoder, 6, cut);
  const joined = joinedTexts(encoded(first), encoded(second));
  const together = encoded([...first, ...second]);
  assert.ok(together.length > 5, 'a text has several windows');
  for (const key of ['length', 'tokens', 'lengths', 'textOf', 'wholeLengths'] as const)
    assert.deepEqual(joined[key], together[key], key);
  for (let i = 0; i < together.length; i++) {
    for (const get of ['at', 'wordStarts', 'secondStart'] as const) assert.deepEqual(joined[get](i), together[get](i));
  }
  const alone = encoded(first);
  assert.equal(joinedTexts(alone, encoded([])), alone);
});
