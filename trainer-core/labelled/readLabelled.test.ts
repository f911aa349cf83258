import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ErrorCode, type ErrorData, hasCode } from '../protocol/errors.js';
import { type LabelledOptions, readLabelled } from './readLabelled.js';

const folder = mkdtempSync(join(tmpdir(), 'labelled-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'data.tsv');

function read(contents: string | Buffer, options?: LabelledOptions) {
  writeFileSync(file, contents);
  return readLabelled(file, options);
}

async function fails<C extends ErrorCode>(
  code: C,
  data: Partial<ErrorData[C]>,
  contents: string | Buffer,
  options?: LabelledOptions,
): Promise<void> {
  await assert.rejects(read(contents, options), (error) => {
    assert.ok(hasCode(error, code), String(error));
    assert.deepEqual({ ...error.data, ...data }, error.data);
    return true;
  });
}

test('reads examples with their lines; ids follow the sorted labels', async () => {
  assert.deepEqual(await read('良い 映画\tpos\nつまらない\tneg\n\nまた見たい\tpos'), {
    problemType: 'single_label_classification',
    labels: ['neg', 'pos'],
    examples: [
      { file, line: 1, text: '良い 映画', second: null, label: 1 },
      { file, line: 2, text: 'つまらない', second: null, label: 0 },
      { file, line: 4, text: 'また見たい', second: null, label: 1 },
    ],
  });
});

test('a byte order mark and CR LF leave the same examples', async () => {
  const plain = await read('text\tlabel\n一\ta\n二\tb\n');
  assert.deepEqual(await read('\ufefftext\tlabel\r\n一\ta\r\n二\tb\r\n'), plain);
  assert.deepEqual(plain.labels, ['a', 'b']);
});

test('a header is seen by its second column, unless that is a known label, or it is told', async () => {
  for (const word of ['label', 'Label', 'LABELS', 'category', 'ラベル', 'カテゴリ', '分類']) {
    assert.equal((await read(`文\t${word}\n一\ta\n二\tb\n`)).examples[0]!.line, 2, word);
  }
  assert.equal((await read('一\tclass\n二\tb\n', { labels: ['b', 'class'] })).examples.length, 2);
  assert.equal((await read('一\tlabel\n二\tb\n', { header: false })).examples.length, 2);
  assert.deepEqual((await read('s\ta\n一\tb\n二\tc\n', { header: true })).labels, ['b', 'c']);
  // Only the first line can be a header.
  assert.deepEqual((await read('一\ta\n二\tlabel\n')).labels, ['a', 'label']);
});

test('given labels keep their ids, even those without an example', async () => {
  const { labels, examples } = await read('一\tc\n', { labels: ['c', 'b', 'a'] });
  assert.deepEqual(labels, ['c', 'b', 'a']);
  assert.equal(examples[0]!.label, 0);
});

test('bad rows are named by their line', async () => {
  await fails('tsvColumnCount', { file, line: 2, expected: 2, got: 3 }, '一\ta\n二\tb\tc\n');
  await fails('tsvColumnCount', { file, line: 3, expected: 2, got: 1 }, '一\ta\n二\tb\n三\n');
  await fails('tsvEmptyText', { file, line: 2 }, '一\ta\n \tb\n');
  await fails('tsvEmptyText', { file, line: 2 }, '一\ta\n\t\n');
  await fails('tsvEmptyLabel', { file, line: 2 }, '一\ta\n二\t\n');
  const known = ['a', 'b'];
  await fails('tsvUnknownLabel', { file, line: 3, label: 'B', known }, 'text\tlabel\n一\ta\n二\tB\n', {
    labels: known,
  });
});

test('bad files are errors', async () => {
  await fails('fileEmpty', { file }, '');
  await fails('fileEmpty', { file }, 'text\tlabel\n');
  await fails('tooFewLabels', { file, labels: ['a'] }, '一\ta\n二\ta\n');
  await fails('invalidUtf8', { file, line: 2 }, Buffer.concat([Buffer.from('一\ta\n二'), Buffer.from([0x82, 0x0a])]));
  await fails('lineTooLong', { file, line: 2 }, `一\ta\n${'x'.repeat(10_000_000)}\tb\n`);
});
