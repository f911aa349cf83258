import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitParagraphs } from './sample.js';

test('the last paragraphs are held out and the others are learned from, none twice and none lost', () => {
  assert.deepEqual(splitParagraphs('一\n二\n三\n四\n', 2), { text: '一\n二\n', heldOut: '三\n四\n' });
});
