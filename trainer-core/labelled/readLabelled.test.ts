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
    format: 'tsv',
    columns: { text: '1', second: null, label: '2' },
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
  assert.deepEqual(plain.columns, { text: 'text', second: null, label: 'label' });
  assert.deepEqual(await read('\ufefftext\tlabel\r\n一\ta\r\n二\tb\r\n'), plain);
  assert.deepEqual(plain.labels, ['a', 'b']);
});

test('a header is seen by its second column, unless that is a known label, or it is told', async () => {
  for (const word of ['label', 'Label', 'LABELS', 'category', 'ラベル', 'カテゴリ', '分類']) {
    assert.equal((await read(`文\t${word}\n一\ta\n二\tb\n`)).examples[0]!.line, 2, word);
  }
  assert.equal((await read('一\tclass\n二\tb\n', { labels: ['b', 'class'] })).examples.length, 2);
  assert.equal((await read('一\tlabel\n二\tb\n', { header: 'no' })).examples.length, 2);
  assert.deepEqual((await read('s\ta\n一\tb\n二\tc\n', { header: 'yes' })).labels, ['b', 'c']);
  // Only the first line can be a header.
  assert.deepEqual((await read('一\ta\n二\tlabel\n')).labels, ['a', 'label']);
});

test('given labels keep their ids, even those without an example', async () => {
  const { labels, examples } = await read('一\tc\n', { labels: ['c', 'b', 'a'] });
  assert.deepEqual(labels, ['c', 'b', 'a']);
  assert.equal(examples[0]!.label, 0);
});

test('bad rows are named by their line', async () => {
  await fails('columnCount', { file, line: 2, expected: 2, got: 3 }, '一\ta\n二\tb\tc\n');
  await fails('columnCount', { file, line: 3, expected: 2, got: 1 }, '一\ta\n二\tb\n三\n');
  await fails('emptyText', { file, line: 2 }, '一\ta\n \tb\n');
  await fails('emptyText', { file, line: 2 }, '一\ta\n\t\n');
  await fails('emptyLabel', { file, line: 2 }, '一\ta\n二\t\n');
  const known = ['a', 'b'];
  await fails('dataLabelUnknown', { file, line: 3, label: 'B', known }, 'text\tlabel\n一\ta\n二\tB\n', {
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

test('columns by name, by number, and by their usual names', async () => {
  const table = 'id\tsentence1\tsentence2\tlabel\n7\t猫がいる\t動物がいる\t含意\n8\t犬がいる\t猫がいる\t中立\n';
  const pair = await read(table);
  assert.deepEqual(pair.columns, { text: 'sentence1', second: 'sentence2', label: 'label' });
  assert.deepEqual(
    pair.examples.map(({ text, second, label }) => [text, second, pair.labels[label]]),
    [
      ['猫がいる', '動物がいる', '含意'],
      ['犬がいる', '猫がいる', '中立'],
    ],
  );
  const single = await read(table, { textColumn: 'sentence2' });
  assert.deepEqual(single.columns, { text: 'sentence2', second: null, label: 'label' });
  const numbers = await read(table, { header: 'yes', textColumn: 3, secondTextColumn: '2', labelColumn: 1 });
  assert.deepEqual(numbers.columns, { text: 'sentence2', second: 'sentence1', label: 'id' });
  const unnamed = await read('a\t一\tx\nb\t二\ty\n', { textColumn: 2, labelColumn: 1 });
  assert.deepEqual(
    unnamed.examples.map(({ text }) => text),
    ['一', '二'],
  );
  await fails('columnUnknown', { file, setting: 'labelColumn', column: 'lable', width: 4 }, table, {
    labelColumn: 'lable',
  });
  await fails('columnUnknown', { column: '5' }, table, { labelColumn: 5 });
  await fails('columnsUnclear', { setting: 'textColumn', known: null, width: 3 }, 'a\t一\tx\nb\t二\ty\n');
});

test('labels that look like numbers are names, in the order of the numbers', async () => {
  const { labels, examples } = await read('一\t10\n二\t2\n三\t1\n四\t5\n');
  assert.deepEqual(labels, ['1', '2', '5', '10']);
  assert.deepEqual(
    examples.map(({ label }) => label),
    [3, 1, 0, 2],
  );
});

test('several labels a text, none as well; a number a text', async () => {
  const problemType = 'multi_label_classification';
  const several = await read('一\tb, a\n二\t\n三\ta,,a\n', { problemType });
  assert.deepEqual(several.labels, ['a', 'b']);
  assert.deepEqual(
    several.examples.map(({ label, labels }) => [label, labels]),
    [
      [0, [0, 1]],
      [-1, []],
      [0, [0]],
    ],
  );
  const other = await read('一\tb|c,d\n二\tc,d\n', { problemType, labelSeparator: '|' });
  assert.deepEqual(other.labels, ['b', 'c,d']);
  await fails('dataLabelUnknown', { line: 1, label: 'x' }, '一\ta,x\n', { problemType, labels: ['a'] });

  const number = await read('一\t2.5\n二\t-1\n', { problemType: 'regression' });
  assert.deepEqual([number.labels, number.examples.map(({ label }) => label)], [['LABEL_0'], [2.5, -1]]);
  await fails('labelNotNumber', { line: 2, got: '"良い"' }, '一\t1\n二\t良い\n', { problemType: 'regression' });
  await fails('emptyLabel', { line: 2 }, '一\t1\n二\t\n', { problemType: 'regression' });
});

test('what is no text: NUL, bytes that are not UTF-8 with their place, one text throughout', async () => {
  await fails('textHasNul', { file, line: 2, column: 2 }, '一\ta\n二\0\tb\n');
  const wrong = Buffer.concat([Buffer.from('一\ta\n二'), Buffer.from([0x82, 0xa0]), Buffer.from('\tb\n')]);
  await fails('invalidUtf8', { file, line: 2, offsetBytes: 9 }, wrong);
  await fails('invalidUtf8', { line: 1, offsetBytes: 0 }, Buffer.from('\ufeff一\ta\n', 'utf16le'));
  await fails('textsIdentical', { file, examples: 2 }, '同じ\ta\n同じ\tb\n');
  await fails('columnCount', { file, line: 1, expected: 2, got: 1 }, '一 a\n二\tb\n');
});
