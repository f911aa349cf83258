/** Words and path costs against Debian's MeCab, live: on hard random texts, on real ones, and on very long runs. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { anyText, spoiltText } from '../../test/support/textArbitrary.js';
import { findDictionary, readDictionary } from './dictionary.js';
import { Lattice } from './lattice.js';
import { normalize } from './normalizer.js';

/** Where Debian's mecab-ipadic-utf8 compiles its dictionary to; `mecab` alone may mean another one. */
const DICTIONARY = '/var/lib/mecab/dic/ipadic-utf8';
/** The longest line MeCab reads in one piece. */
const MAX_LINE_BYTES = 8192 * 640;
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** Debian added this one word to ipadic's 392,126. */
const DEBIANS_OWN_WORD = '令和';

interface Path {
  words: string;
  cost: number;
}

const isInstalled = existsSync(DICTIONARY) && mecab(['--version'], '').status === 0;
const skip =
  !isInstalled && !process.env.CI && 'there is no MeCab; install it by: apt-get install mecab mecab-ipadic-utf8';
const lattice = new Lattice(readDictionary(findDictionary()));
const fixture = new URL('../../../trainer-core/tokenizer/fixtures/goldensWiki.jsonl.gz', import.meta.url);
const paragraphs = gunzipSync(readFileSync(fixture))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => (JSON.parse(line) as { text: string }).text);

function mecab(args: readonly string[], input: string) {
  return spawnSync('mecab', args, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** MeCab's best path of each line. */
function pathsOfMecab(lines: readonly string[]): Path[] {
  const format = ['--node-format=%m ', '--unk-format=%m ', '--eos-format=\t%pc\n'];
  const args = [`--dicdir=${DICTIONARY}`, `--input-buffer-size=${MAX_LINE_BYTES}`, ...format];
  const { status, stdout, stderr } = mecab(args, `${lines.join('\n')}\n`);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const answers = stdout.split('\n').slice(0, -1);
  assert.equal(answers.length, lines.length);
  return answers.map((answer) => {
    const [words, cost] = answer.split('\t') as [string, string];
    return { words, cost: Number(cost) };
  });
}

function pathOf(text: string): Path {
  const end = text.indexOf('\0');
  const read = end === -1 ? text : text.slice(0, end);
  const units = Uint16Array.from({ length: read.length }, (_, i) => read.charCodeAt(i));
  const count = lattice.parse(units, units.length);
  let words = '';
  for (let w = 0; w < count; w++) words += `${read.slice(lattice.starts[w]!, lattice.ends[w]!)} `;
  return { words, cost: lattice.cost };
}

/** Compares all texts that one line of UTF-8 can hold. */
function compare(texts: readonly string[]): void {
  const lines = texts
    .map((text) => normalize(text).replace(LONE_SURROGATES, '\ufffd').replaceAll('\n', ' '))
    .filter((line) => !line.includes(DEBIANS_OWN_WORD));
  assert.ok(lines.length > 0.98 * texts.length);
  let ties = 0;
  for (const [i, expected] of pathsOfMecab(lines).entries()) {
    const got = pathOf(lines[i]!);
    assert.equal(got.cost, expected.cost, `${JSON.stringify(lines[i])}: ${got.words} is not ${expected.words}`);
    if (got.words !== expected.words) ties++;
  }
  // Which of two paths of equal cost wins depends on the order in which the machine's folder gave the dictionary's
  // files when it was compiled; the goldens, of a known order, allow no tie.
  assert.ok(ties <= lines.length / 1000, `${ties} of ${lines.length} lines are cut elsewhere at the same cost`);
}

test('mecab and its ipadic are there', { skip }, () => {
  assert.ok(isInstalled, 'apt-get install mecab mecab-ipadic-utf8');
  const { stdout } = mecab([`--dicdir=${DICTIONARY}`, '--dictionary-info'], '');
  assert.match(stdout, /^size:\s+392127$/m);
});

test('random texts of all scripts, with marks, emoji, controls and runs', { skip }, () => {
  compare(fc.sample(anyText, { seed: 1, numRuns: 10_000 }));
});

test('real paragraphs', { skip }, () => {
  compare(paragraphs);
});

test('real sentences with other characters thrown in', { skip }, () => {
  compare(fc.sample(spoiltText(paragraphs), { seed: 2, numRuns: 10_000 }));
});

test('runs about the length of the longest group, and very long ones', { skip }, () => {
  const characters = [
    ...'あアー亜龠一々〇1a!。αя𠮷😀한のん㍿ﷺ\u200b\ufeff\u0301\uffff',
    'すもも',
    'ab1',
    'あ ',
    '\u{20bb7}a',
  ];
  compare(characters.flatMap((one) => [23, 24, 25, 26, 27, 101, 5000].map((count) => one.repeat(count))));
  compare(['あ', '亜', '東京都'].map((one) => one.repeat(40_000)));
});

test('words behind so many spaces that MeCab hardly sees them', { skip }, () => {
  const counts = [65_529, 65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 65_536, 70_000];
  const ends = ['', '12', 'ab', 'a東'];
  compare(counts.flatMap((count) => ends.map((end) => `あ${' '.repeat(count)}${end}`)));
  compare(counts.slice(0, 3).map((count) => `あ${' '.repeat(count)}東京都`));
});
