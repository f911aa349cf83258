import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sizeText } from './sizeText.js';

it('takes the largest unit that leaves at least 1', () => {
  const texts = [0, 999, 1000, 13_200_000, 2.5e12, 5e15].map((bytes) => sizeText(bytes, 'en'));
  assert.deepEqual(texts, ['0 B', '999 B', '1 kB', '13.2 MB', '2.5 TB', '5,000 TB']);
});
