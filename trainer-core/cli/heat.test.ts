import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Explained } from '../explain/explainer.js';
import type { ExplainedWord } from '../protocol/explanation.js';
import { explainedText, hasColour, heatLines, wordTable } from './heat.js';
import { percent } from './numbers.js';
import { displayWidth } from './width.js';

/** The words of a text, at their places. */
function wordsOf(text: string, weights: readonly (readonly [string, number | null])[]): ExplainedWord[] {
  let at = 0;
  return weights.map(([word, weight]) => {
    const start = text.indexOf(word, at);
    at = start + word.length;
    return { text: word, start, end: at, weight };
  });
}

const TEXT = '九回裏に ホームラン🎉が出た';
const WORDS = wordsOf(TEXT, [
  ['九回', 0.4],
  ['裏', -0.1],
  ['に', 0],
  ['ホームラン', 1.2],
  ['🎉', -1.2],
  ['が', null],
]);

test('the strongest words come first, those against the label to the left', () => {
  assert.deepEqual(
    wordTable(WORDS, (count) => `and ${count}`),
    [
      '   +1.20             │████████████ ホームラン',
      '   −1.20 ████████████│             🎉',
      '   +0.40             │████         九回',
      '   −0.10            █│             裏',
      'and 1',
    ],
  );
  const many = Array.from({ length: 25 }, (_, i) => ({
    text: `${'長い'.repeat(i * 4)}語`,
    start: i,
    end: i + 1,
    weight: i,
  }));
  const table = wordTable(many, (count) => `and ${count}`);
  assert.deepEqual([table.length, table.at(-1)], [21, 'and 5']);
  assert.ok(table.every((line) => displayWidth(line) <= 80));
});

test('heat keeps the text as it is, colours by strength and side, and breaks lines at 80 columns', () => {
  const [line] = heatLines(TEXT, WORDS);
  assert.equal(stripVTControlCharacters(line!), TEXT);
  assert.match(line!, /48;5;223m九回/);
  assert.match(line!, /48;5;208mホームラン/);
  assert.match(line!, /48;5;75m🎉/);
  assert.match(line!, /48;5;\d+mホームラン/);
  assert.ok(line!.includes('に '), 'what has next to no weight is not coloured');
  const long = TEXT.repeat(20);
  const repeated = wordsOf(
    long,
    Array.from({ length: 20 }, () => WORDS.map(({ text, weight }) => [text, weight] as const)).flat(),
  );
  const lines = heatLines(long, repeated);
  assert.equal(lines.map(stripVTControlCharacters).join(''), long);
  assert.ok(lines.length > 3 && lines.every((part) => displayWidth(stripVTControlCharacters(part)) <= 80));
  // A text cannot command the terminal.
  assert.equal(heatLines('a\x1b[2Jb\n', [])[0], 'a\ufffd[2Jb ');
});

test('the whole: answer, sum, what was not read; in 80 columns, in both languages', () => {
  const explanation = {
    method: 'integrated-gradients',
    label: 'sports-watch',
    logOdds: 2.5,
    baseline: -0.5,
    gap: -1,
    words: WORDS,
  } as const;
  const explained = {
    label: 'sports-watch',
    score: 0.924,
    scores: {},
    explanation: { ...explanation, words: [...WORDS] },
  } satisfies Explained;
  const text = explainedText(TEXT, explained, 'en', { colour: false, number: percent });
  assert.match(text, /^sports-watch {2}92\.4 %\n\nLog-odds of sports-watch: \+2\.50; with every word masked −0\.50\./);
  assert.match(text, /Together \+2\.00, of a difference of \+3\.00\.\n.*--steps.*\n1 word was not read/);
  assert.equal(stripVTControlCharacters(text), text);
  assert.match(explainedText(TEXT, explained, 'ja', { colour: true, number: percent }), /対数オッズ[\s\S]*合計/);
  for (const language of ['en', 'ja'] as const) {
    const lines = stripVTControlCharacters(
      explainedText(TEXT, explained, language, { colour: true, number: percent }),
    ).split('\n');
    assert.ok(lines.every((line) => displayWidth(line) <= 80));
  }
});

test('colours are for terminals, unless the environment says otherwise', () => {
  const [terminal, pipe] = [{ isTTY: true }, {}];
  assert.equal(hasColour(terminal, {}), true);
  assert.equal(hasColour(pipe, {}), false);
  assert.equal(hasColour(terminal, { NO_COLOR: '1' }), false);
  assert.equal(hasColour(terminal, { TERM: 'dumb' }), false);
  assert.equal(hasColour(pipe, { FORCE_COLOR: '1' }), true);
  assert.equal(hasColour(terminal, { FORCE_COLOR: '0' }), false);
});
