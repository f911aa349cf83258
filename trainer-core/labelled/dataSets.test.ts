import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputFolder } from '../../test/support/inputFiles.js';
import { hasCode } from '../protocol/errors.js';
import { READING } from '../protocol/labelledDataConfig.js';
import { type DataSetOptions, readDataSets } from './dataSets.js';
import { encodeExamples } from './encodeExamples.js';
import { lengthsOf } from './lengths.js';

const { write } = inputFolder('dataSets');
const never = new AbortController().signal;
const train = write('train.tsv', '一\ta\n二\ta\n三\tb\n四\tb\n一\ta\n二\tb\n五\tc\n');
const dev = write('dev.tsv', '四 \tb\n六\ta\n');
const test_ = write('test.tsv', '七\tc\n１\ta\n六\ta\n五\tc\n');
const read = (options: Partial<DataSetOptions>) =>
  readDataSets(
    { ...READING, train, dev: null, test: null, devPart: 0.4, splitSeed: 1, leaks: 'warn', ...options },
    never,
  );

test('what is told: classes, duplicates, contradictions, single examples, leaks with their places', async () => {
  const { summary } = await read({ dev, test: test_ });
  const place = (file: string, line: number) => ({ file, line });
  assert.deepEqual(summary.train.classes, [
    { label: 'a', examples: 3 },
    { label: 'b', examples: 3 },
    { label: 'c', examples: 1 },
  ]);
  assert.deepEqual(summary.train.duplicates, {
    count: 1,
    places: [{ first: place(train, 1), again: place(train, 5) }],
  });
  assert.deepEqual(summary.train.conflicts, {
    count: 1,
    places: [{ first: place(train, 2), again: place(train, 6) }],
  });
  assert.deepEqual(summary.single, [{ label: 'c', place: place(train, 7) }]);
  assert.deepEqual(summary.leaks.dev, { count: 1, places: [{ first: place(train, 4), again: place(dev, 1) }] });
  assert.deepEqual(summary.leaks.test, { count: 1, places: [{ first: place(train, 7), again: place(test_, 4) }] });
  assert.deepEqual(summary.leaks.devToTest.places, [{ first: place(dev, 2), again: place(test_, 3) }]);
  assert.deepEqual([summary.devHeldOut, summary.dropped], [false, 0]);
});

test('leaks are dropped from training, or refused', async () => {
  const sets = await read({ dev, test: test_, leaks: 'drop' });
  assert.deepEqual(
    sets.train.examples.map(({ text }) => text),
    ['一', '二', '三', '一', '二'],
  );
  assert.equal(sets.summary.dropped, 2);
  assert.equal(sets.dev.examples.length, 2);
  await assert.rejects(
    read({ dev, test: test_, leaks: 'refuse' }),
    (e) => hasCode(e, 'textsLeak') && e.data.count === 2 && e.data.train.line === 4 && e.data.other.file === dev,
  );
  await assert.rejects(read({ dev: train, leaks: 'drop' }), (e) => hasCode(e, 'allTextsLeak'));
  assert.equal((await read({ dev, leaks: 'refuse', train: write('other.tsv', '八\ta\n九\tb\n') })).summary.dropped, 0);
});

test('without dev a part is held out; where that cannot be it is said', async () => {
  const { train: learn, dev: held, summary } = await read({});
  assert.equal(learn.examples.length + held.examples.length, 7);
  assert.deepEqual(new Set(held.examples.map(({ label }) => held.labels[label])), new Set(['a', 'b']));
  assert.ok(summary.devHeldOut);
  const single = write('single.tsv', '一\ta\n二\tb\n');
  await assert.rejects(read({ train: single }), (e) => hasCode(e, 'splitTooSmall') && e.data.examples === 2);
});

test('a label of dev that training lacks is told by file and line', async () => {
  const other = write('unknown.tsv', '八\ta\n九\td\n');
  await assert.rejects(
    read({ dev: other }),
    (e) => hasCode(e, 'dataLabelUnknown') && e.data.file === other && e.data.line === 2 && e.data.label === 'd',
  );
  const numbers = write('numbers.tsv', '八\t0.5\n九\t2\n');
  const { dev: scored, summary } = await read({ train: numbers, dev: numbers, problemType: 'regression' });
  assert.deepEqual([scored.examples.length, summary.train.numbers], [2, { lowest: 0.5, mean: 1.25, highest: 2 }]);
});

test('lengths: a histogram of round bins, and what is cut', () => {
  const lengths = lengthsOf(Uint32Array.of(3, 40, 41, 100, 7, 7), 40, 9);
  assert.deepEqual(lengths, {
    binWidth: 10,
    counts: [3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1],
    mean: 33,
    median: 23.5,
    longest: 100,
    maxSeqLength: 40,
    cut: 2,
    sequences: 9,
  });
});

test('a text without a piece is told by its line; encoding is stopped when asked to', async () => {
  const encoder = {
    vocabulary: { size: 10, clsId: 1, sepId: 2 },
    encodeWords: (text: string) => {
      const ids = [...text].filter((character) => character !== '\u200b').map(() => 5);
      return { ids, wordStarts: ids };
    },
  };
  const example = (text: string, line: number) => ({ file: 'a.tsv', line, text, second: null, label: 0 });
  const encode = (texts: string[], signal = never) =>
    encodeExamples(
      texts.map((text, i) => example(text, i + 1)),
      encoder,
      5,
      { longTexts: 'head', stride: 0 },
      { signal, source: 'a.tsv' },
    );
  assert.deepEqual([...(await encode(['一二三四', '一'])).wholeLengths], [6, 3]);
  await assert.rejects(encode(['一', '\u200b']), (e) => hasCode(e, 'textHasNoPieces') && e.data.line === 2);
  await assert.rejects(encode(['一'], AbortSignal.abort()), { name: 'AbortError' });
});
