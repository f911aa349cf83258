import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { mountSmallDisk } from '../../test/support/smallDisk.js';
import { sentences, writeClassifier } from '../../test/support/tinyModels.js';
import { hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { Classifier } from './classifier.js';
import { classifyFile } from './classifyFile.js';

const folder = mkdtempSync(join(tmpdir(), 'classify-file-'));
after(() => rmSync(folder, { recursive: true }));

const model = join(folder, 'model');
before(async () => {
  await writeClassifier(model, 'distilbert');
});

/** A folder of its own with an `in.txt` of this text in it. */
function place(name: string, text: string | Uint8Array) {
  const home = join(folder, name);
  mkdirSync(home);
  const input = join(home, 'in.txt');
  writeFileSync(input, text);
  return { home, input, output: join(home, 'out.tsv') };
}

function run(input: string, output: string, onStage: (stage: JobStage) => void = () => {}, signal?: AbortSignal) {
  return classifyFile({ model, input, output, onStage, signal: signal ?? new AbortController().signal });
}

const rowsOf = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

test('each line has its row, in order, over many stretches', async () => {
  const texts = sentences(600, 5).map(({ text }) => text);
  const { input, output } = place('order', texts.join('\n'));
  assert.deepEqual(await run(input, output), { type: 'classified', lines: 600, output });
  const [header, ...rows] = rowsOf(output);
  assert.equal(header, 'label\tscore\ttext');
  const classifier = await Classifier.load(model, { threads: 1 });
  const answers = await classifier.classify(texts);
  await classifier.dispose();
  assert.deepEqual(
    rows.map((row) => [row.split('\t')[0], row.split('\t')[2]]),
    answers.map(({ label }, i) => [label, texts[i]]),
  );
  rows.forEach((row, i) => {
    assert.ok(Math.abs(Number(row.split('\t')[1]) - (answers[i]?.score as number)) < 1e-3, row);
  });
});

test('blank lines keep their places; byte order mark, CR LF, tabs and a gzip file are read', async () => {
  const { home, input, output } = place('format', '\ufeff野球の試合\r\n\r\n  \r\n新作の\t映画\r\n');
  await run(input, output);
  const rows = rowsOf(output).map((row) => row.split('\t'));
  assert.deepEqual(
    rows.map((row) => row[2]),
    ['text', '野球の試合', '', '  ', '新作の 映画'],
  );
  assert.deepEqual(
    rows.slice(2, 4).map((row) => row.slice(0, 2)),
    [
      ['', ''],
      ['', ''],
    ],
  );
  assert.ok(rows.every((row) => row.length === 3));
  const packed = join(home, 'in.txt.gz');
  writeFileSync(packed, gzipSync(readFileSync(input)));
  await run(packed, join(home, 'again.tsv'));
  assert.deepEqual(rowsOf(join(home, 'again.tsv')), rowsOf(output));
});

test('progress counts the bytes of the file, stretch by stretch, to its end', async () => {
  const text = sentences(1000, 6)
    .map(({ text }) => `${text}\n`)
    .join('');
  const { input, output } = place('progress', text);
  const stages: JobStage[] = [];
  await run(input, output, (stage) => stages.push(stage));
  assert.equal(stages[0]?.phase, 'loading');
  const done = stages.filter(({ phase }) => phase === 'classifying').map((stage) => stage.done);
  // 1,000 lines in stretches of 256.
  assert.equal(done.length, 5);
  assert.deepEqual(
    [...done].sort((a, b) => a - b),
    done,
  );
  assert.deepEqual([done[0], done.at(-1)], [0, Buffer.byteLength(text)]);
  assert.ok(stages.slice(1).every(({ total }) => total === Buffer.byteLength(text)));
});

test('a line that is not UTF-8 is named with its number, and nothing is left behind', async () => {
  const { home, input, output } = place('utf8', Buffer.concat([Buffer.from('海\n山\n'), Buffer.of(0xe3, 0x81, 0x0a)]));
  await assert.rejects(run(input, output), (error) => {
    return hasCode(error, 'invalidUtf8') && error.data.file === input && error.data.line === 3;
  });
  assert.deepEqual(readdirSync(home), ['in.txt']);
});

test('the input is not written over, by whatever name', async () => {
  const { home, input } = place('same', '海\n');
  const link = join(home, 'link.tsv');
  symlinkSync(input, link);
  for (const output of [input, join(home, '..', 'same', 'in.txt'), link]) {
    await assert.rejects(run(input, output), (error) => hasCode(error, 'outputIsInput'));
  }
  assert.equal(readFileSync(input, 'utf8'), '海\n');
});

test('what cannot be read or written is said before the model is loaded', async () => {
  const { home, input, output } = place('unwritable', '海\n');
  const untouched = (stage: JobStage) => assert.fail(`already at ${stage.phase}`);
  await assert.rejects(run(join(home, 'no.txt'), output, untouched), (error) => hasCode(error, 'fileNotFound'));
  await assert.rejects(run(input, join(input, 'out.tsv'), untouched), (error) => hasCode(error, 'folderNotWritable'));
  await assert.rejects(
    run(input, home, untouched),
    (error) => hasCode(error, 'folderNotWritable') && error.data.folder === home,
  );
  assert.deepEqual(readdirSync(home), ['in.txt']);
});

test('a full disk ends it; what was there before stands', async (t) => {
  const disk = mountSmallDisk(t, folder, 64);
  if (disk === null) return;
  const { input } = place('full', `${'東京の野球の試合'.repeat(10)}\n`.repeat(2000));
  const output = join(disk, 'out.tsv');
  writeFileSync(output, 'before');
  await assert.rejects(run(input, output), (error) => hasCode(error, 'diskFull') && error.data.file === output);
  assert.deepEqual(readdirSync(disk), ['out.tsv']);
  assert.equal(readFileSync(output, 'utf8'), 'before');
});

test('when it is stopped the output is as before', async () => {
  const { home, input, output } = place('stopped', '東京の海\n'.repeat(2000));
  writeFileSync(output, 'before');
  const stop = new AbortController();
  const onStage = ({ done }: JobStage) => {
    if (done > 0) stop.abort();
  };
  await assert.rejects(run(input, output, onStage, stop.signal), { name: 'AbortError' });
  assert.deepEqual(readdirSync(home), ['in.txt', 'out.tsv']);
  assert.equal(readFileSync(output, 'utf8'), 'before');
});
