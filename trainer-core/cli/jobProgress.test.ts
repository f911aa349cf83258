import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import type { JobProgress } from '../protocol/jobs.js';
import { JobProgressView, showJob } from './jobProgress.js';
import { displayWidth } from './width.js';

const MIB = 1024 * 1024;

function view(options: { json?: boolean; isTTY?: boolean; language?: 'en' | 'ja' } = {}) {
  const { json = false, isTTY = false, language = 'en' } = options;
  const { stdout, stderr } = testTerminal();
  stderr.isTTY = isTTY;
  const clock = { ms: 0 };
  return { view: new JobProgressView({ stdout, stderr, json, language }, () => clock.ms), stdout, stderr, clock };
}

test('speed and time left are those of the phase and file at hand', () => {
  const { view: shown, stdout, clock } = view({ json: true });
  shown.onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  clock.ms = 5000;
  shown.onStage({ phase: 'downloading', done: 100, total: 1100, unit: 'bytes', file: 'a' });
  clock.ms = 7000;
  shown.onStage({ phase: 'downloading', done: 500, total: 1100, unit: 'bytes', file: 'a' });
  const lines = stdout.text.trimEnd().split('\n');
  const [loading, first, second] = lines.map((line) => JSON.parse(line) as JobProgress);
  assert.deepEqual([loading?.rate, loading?.secondsLeft], [null, null]);
  assert.deepEqual([first?.rate, first?.secondsLeft], [null, null]);
  assert.deepEqual([second?.rate, second?.secondsLeft, second?.file], [200, 3, 'a']);
});

test('what counts anew is measured anew', () => {
  const { view: shown, stdout, clock } = view({ json: true });
  const stage = (ms: number, done: number) => {
    clock.ms = ms;
    shown.onStage({ phase: 'tokenizing', done, total: 100, unit: 'steps', file: 'a' });
  };
  for (const [ms, done] of [
    [0, 0],
    [10_000, 100],
    [20_000, 0],
    [21_000, 50],
  ] as const)
    stage(ms, done);
  const rates = stdout.text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as JobProgress).rate);
  assert.deepEqual(rates, [null, 10, null, 50]);
});

test('programs get five lines a second, the first of each phase, and always the last', () => {
  const { view: shown, stdout, clock } = view({ json: true });
  for (let done = 0; done <= 1000; done++) {
    clock.ms = done;
    shown.onStage({ phase: 'classifying', done, total: 1000, unit: 'bytes' });
  }
  shown.end();
  const done = stdout.text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as JobProgress).done);
  assert.deepEqual(done, [0, 200, 400, 600, 800, 1000]);
});

test('a terminal has one line that is written over; a log has one every ten seconds', () => {
  for (const isTTY of [true, false]) {
    const { view: shown, stdout, stderr, clock } = view({ isTTY });
    for (let second = 0; second <= 20; second++) {
      clock.ms = 1000 * second;
      shown.onStage({ phase: 'classifying', done: second * MIB, total: 20 * MIB, unit: 'bytes' });
    }
    shown.end();
    assert.equal(stdout.text, '');
    const lines = stderr.text.split(isTTY ? '\r\x1b[2K' : '\n').filter((line) => line !== '');
    assert.equal(lines.length, isTTY ? 21 : 3);
    assert.match(lines[1] as string, /^classifying {2}━+╌+ {2}\d+\.0 MiB \/ 20\.0 MiB {2}1\.0 MiB\/s {2}\d+s left$/);
    assert.equal(stderr.text.endsWith('\n'), true);
  }
});

test('a line keeps to 79 columns in both languages', () => {
  for (const language of ['en', 'ja'] as const) {
    const { view: shown, stderr, clock } = view({ isTTY: true, language });
    const file = `${'長い名前'.repeat(8)}.safetensors`;
    for (const seconds of [0, 3600]) {
      clock.ms = 1000 * seconds;
      shown.onStage({ phase: 'downloading', done: 1 + seconds, total: 5000 * MIB, unit: 'bytes', file });
    }
    for (const line of stderr.text.split('\r\x1b[2K')) assert.ok(displayWidth(line) <= 79, line);
    assert.ok(stderr.text.includes(language === 'ja' ? 'ダウンロード中' : 'downloading'));
  }
});

test('a corpus is counted over all of its files, in bytes, documents and tokens a second, within 79 columns', () => {
  const stage = { phase: 'building', total: 4000 * MIB, unit: 'bytes' } as const;
  const stages = [
    { ...stage, done: 1000 * MIB, documents: 1_000_000, tokens: 5_000_000, file: `a${'b'.repeat(60)}.xml` },
    { ...stage, done: 3000 * MIB, documents: 1_234_567, tokens: 7_000_000, file: 'c.xml' },
  ];
  for (const language of ['en', 'ja'] as const) {
    const { view: shown, stderr, clock } = view({ isTTY: true, language });
    for (const [i, one] of stages.entries()) {
      clock.ms = 20_000 * i;
      shown.onStage(one);
    }
    const line = stderr.text.split('\r\x1b[2K').at(-1) as string;
    assert.ok(displayWidth(line) <= 79, line);
    const left = language === 'en' ? '10s left' : '残り 10s';
    for (const part of ['2.9 GiB / 3.9 GiB', '1,234,567', '100,000 tok/s', left]) assert.ok(line.includes(part), line);
  }
  const { view: shown, stdout, clock } = view({ json: true });
  for (const [i, one] of stages.entries()) {
    clock.ms = 20_000 * i;
    shown.onStage(one);
  }
  const progress = stdout.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JobProgress);
  assert.deepEqual(progress[0]?.tokensPerSecond, null);
  assert.deepEqual(progress[1], {
    type: 'progress',
    ...stages[1],
    rate: 100 * MIB,
    secondsLeft: 10,
    tokensPerSecond: 100_000,
  });
});

test('what unpacks the input is said once of each, on a line of its own', () => {
  const { view: shown, stderr, clock } = view({ isTTY: true });
  for (const [i, unpackedBy] of (['none', 'inProcess', 'inProcess', 'lbzip2'] as const).entries()) {
    clock.ms = 1000 * i;
    shown.onStage({ phase: 'building', done: i, total: 4, unit: 'bytes', documents: i, tokens: i, unpackedBy });
  }
  const lines = stderr.text.split('\r\x1b[2K');
  const notes = lines.filter((line) => line.startsWith('Unpacking'));
  assert.deepEqual(notes, [
    'Unpacking in one thread of this program; with lbzip2 installed it goes faster.\n',
    'Unpacking with lbzip2.\n',
  ]);
  assert.match(lines[lines.indexOf(notes[0] as string) + 1] ?? '', /^building/);
});

test('a job ends with its result, or without one when it throws', async () => {
  const { stdout, stderr } = testTerminal();
  const context = { stdout, stderr, json: true, language: 'en' } as const;
  const result = { type: 'model', folder: 'm' } as const;
  assert.equal(await showJob(context, async () => result, String), result);
  assert.deepEqual(JSON.parse(stdout.text), result);
  const failing = showJob(context, () => Promise.reject(new Error('no')), String);
  await assert.rejects(failing, /no/);
  assert.deepEqual(JSON.parse(stdout.text), result);
});
