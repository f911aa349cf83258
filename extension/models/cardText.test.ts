import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardText } from './cardText.js';

test('figures of a card are put in where they are shown', () => {
  const text = cardText({
    files: { 'README.md': '# a\n\n![Losses](losses.svg)\n\nlosses.svg\n', 'losses.svg': '<svg>損</svg>' },
  });
  const data = /!\[Losses\]\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text)?.[1] ?? '';
  assert.equal(Buffer.from(data, 'base64').toString('utf8'), '<svg>損</svg>');
  assert.match(text, /\n\nlosses\.svg\n$/);
});

test('a card without figures is as it is', () => {
  assert.equal(cardText({ files: { 'README.md': '# a\n' } }), '# a\n');
});
