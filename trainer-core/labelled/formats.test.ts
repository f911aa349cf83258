import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { inputFolder } from '../../test/support/inputFiles.js';
import { readLivedoor } from '../corpus/livedoor.js';
import { readTar } from '../corpus/tar.js';
import { type ErrorCode, type ErrorData, hasCode } from '../protocol/errors.js';
import { type LabelledOptions, readLabelled } from './readLabelled.js';

const { folder, write } = inputFolder('formats');
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../trainer-core/labelled/fixtures/${name}`, import.meta.url));
const ARCHIVE = fileURLToPath(new URL('../../../media/sample/livedoor/livedoor-sample.tar.gz', import.meta.url));

async function fails<C extends ErrorCode>(
  code: C,
  data: Partial<ErrorData[C]>,
  source: string,
  options?: LabelledOptions,
): Promise<void> {
  await assert.rejects(readLabelled(source, options), (error) => {
    assert.ok(hasCode(error, code), String(error));
    assert.deepEqual({ ...error.data, ...data }, error.data);
    return true;
  });
}

/** Text, second text, label name and line of each example. */
async function read(source: string, options?: LabelledOptions) {
  const { examples, labels, format } = await readLabelled(source, options);
  return { format, rows: examples.map(({ text, second, label, line }) => [text, second, labels[label], line]) };
}

const EXPECTED = [
  ['「新しい、\n端末」が"出た"', null, '家電', 2],
  ['試合は明日', null, 'スポーツ', 4],
];

test('CSV, with a header, line breaks and quotes; packed too', async () => {
  const text = '\ufefftext,label\r\n"「新しい、\r\n端末」が""出た""",家電\r\n試合は明日,スポーツ\r\n';
  assert.deepEqual(await read(write('a.csv', text)), { format: 'csv', rows: EXPECTED });
  assert.deepEqual(await read(write('a.csv.gz', gzipSync(text))), { format: 'csv', rows: EXPECTED });
  await fails('inputDamaged', {}, write('cut.csv.gz', gzipSync(text).subarray(0, 60)));
  await fails('csvQuoteOpen', { line: 3 }, write('open.csv', 'text,label\na,b\n"c,d\ne,f\n'));
  await fails(
    'columnCount',
    { line: 3, expected: 2, got: 3, format: 'csv' },
    write('wide.csv', 'a,b\nc,d\n東京,大阪,e\n'),
  );
});

test('JSONL: fields by name, lists, numbers; faults by line and column', async () => {
  const rows = [
    { id: 1, sentence: '良い', label: 'positive', tags: ['a', 'b'], stars: 5 },
    { stars: 1.5, label: 'negative', tags: [], sentence: '悪い', extra: null },
  ];
  const file = write('a.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`);
  assert.deepEqual((await read(file)).rows, [
    ['良い', null, 'positive', 1],
    ['悪い', null, 'negative', 3],
  ]);
  const several = await readLabelled(file, { labelColumn: 'tags', problemType: 'multi_label_classification' });
  assert.deepEqual(
    several.examples.map(({ labels }) => labels),
    [[0, 1], []],
  );
  const numbers = await readLabelled(file, { labelColumn: 'stars', problemType: 'regression' });
  assert.deepEqual(
    numbers.examples.map(({ label }) => label),
    [5, 1.5],
  );
  await fails('columnUnknown', { column: 'text', setting: 'textColumn', known: Object.keys(rows[0]!) }, file, {
    textColumn: 'text',
  });
  await fails('labelUnreadable', { line: 1, got: '["a","b"]' }, file, { labelColumn: 'tags' });
  await fails('cellNotText', { line: 1, column: 'stars', got: 'number' }, file, { textColumn: 'stars' });
  const line = (text: string) => write('bad.jsonl', `{"text": "一", "label": "a"}\n${text}\n`);
  await fails('jsonLineInvalid', { line: 2, column: 23 }, line('{"text": "二", "label" "b"}'));
  await fails('jsonLineInvalid', { line: 2, column: 1 }, line('["二", "b"]'));
  await fails(
    'columnUnknown',
    { line: 2, column: 'label', known: ['text', 'lable'] },
    line('{"text": "二", "lable": "b"}'),
  );
  await fails('emptyText', { line: 2 }, line('{"text": null, "label": "b"}'));
  await fails('emptyLabel', { line: 2 }, line('{"text": "二", "label": null}'));
  await fails('lineTooLong', { line: 2 }, line(`{"text": "${'長'.repeat(2_000_000)}", "label": "b"}`));
});

test('Parquet as pandas and the datasets library write it', async () => {
  assert.deepEqual(await read(fixture('named.parquet')), {
    format: 'parquet',
    rows: [
      ['猫がいる', '動物がいる', '含意', 1],
      ['犬がいる', '猫がいる', '中立', 2],
      ['空は青い', '空は赤い', '矛盾', 3],
    ],
  });
  const plain = fixture('plain.parquet');
  const { labels, examples } = await readLabelled(plain);
  assert.deepEqual(labels, ['1', '2', '5', '10']);
  assert.deepEqual([examples.length, examples[4]!.text, labels[examples[4]!.label]], [40, '文 4', '1']);
  const several = await readLabelled(plain, { labelColumn: 'tags', problemType: 'multi_label_classification' });
  assert.deepEqual(
    [several.labels, several.examples[2]!.labels, several.examples[3]!.labels],
    [['x', 'y'], [0, 1], []],
  );
  await fails('columnUnknown', { column: 'body', known: ['text', 'label', 'tags'] }, plain, { textColumn: 'body' });
  const bytes = readFileSync(plain);
  await fails('parquetInvalid', {}, write('cut.parquet', bytes.subarray(0, -40)));
  await fails('parquetInvalid', {}, write('text.parquet', '一\ta\n'));
  assert.equal((await readLabelled(write('noending', bytes))).format, 'parquet');
});

test('a folder of class folders: a document a file', async () => {
  const documents = {
    '映画/1.txt': '良い\r\n\r\n 映画 ',
    '映画/2.txt': '舞台',
    '電気/a.txt': '\ufeff電池',
    '電気/README.txt': 'x',
    '.git/x.md': 'y',
  };
  const root = join(folder, 'classes');
  for (const [path, text] of Object.entries(documents)) written(join(root, path), text);
  assert.deepEqual(await read(root), {
    format: 'classFolders',
    rows: [
      ['良い 映画', null, '映画', 1],
      ['舞台', null, '映画', 1],
      ['電池', null, '電気', 1],
    ],
  });
  written(join(root, '電気', 'b.txt'), '');
  await fails('emptyText', { file: `${root}/電気/b.txt` }, root);
  written(join(root, '電気', 'b.txt'), Buffer.from([0x41, 0xff]));
  await fails('invalidUtf8', { file: `${root}/電気/b.txt`, offsetBytes: 1 }, root);
  await fails('labelledFolderEmpty', { folder: join(root, '.git') }, join(root, '.git'));
  await fails('fileNotFound', {}, join(root, 'none'));
});

test('the Livedoor corpus as it is distributed: archive and folder, with and without titles, names and numbers', async () => {
  const { format, examples, labels } = await readLabelled(ARCHIVE);
  assert.deepEqual([format, examples.length, labels.length], ['livedoor', 900, 9]);
  const articles = readLivedoor(ARCHIVE);
  const article =
    articles.get('smax/smax-6507397.txt') ?? [...articles.values()].find(({ label }) => label === 'smax')!;
  const example = examples.find(({ file }) => file === `${ARCHIVE}/${article.name}`)!;
  assert.ok(example.text.startsWith(article.title.replace(/\s+/g, ' ').trim()));
  assert.ok(!example.text.includes(article.url) && !example.text.includes(article.date));
  assert.equal(labels[example.label], 'smax');
  const bare = await readLabelled(ARCHIVE, { livedoorTitle: false, livedoorLabels: 'numbers' });
  assert.deepEqual(bare.labels, ['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  const same = bare.examples.find(({ file }) => file === example.file)!;
  assert.equal(bare.labels[same.label], '7');
  assert.ok(example.text.endsWith(same.text) && same.text.length < example.text.length);
  // A model that knows the numbers is scored on the archive as it is.
  assert.deepEqual((await readLabelled(ARCHIVE, { labels: bare.labels })).examples.length, 900);

  const root = join(folder, 'unpacked');
  for (const [path, bytes] of readTar(ARCHIVE))
    if (/(smax|peachy)-\d*0\.txt|LICENSE/.test(path)) written(join(root, path), bytes);
  const unpacked = await readLabelled(root);
  assert.deepEqual([unpacked.format, unpacked.labels], ['livedoor', ['peachy', 'smax']]);
  await fails(
    'archiveInvalid',
    { reason: 'truncated' },
    write('cut.tar.gz', readFileSync(ARCHIVE).subarray(0, 100_000)),
  );
});

test('what is no data is refused by its name or its first bytes', async () => {
  await fails('inputUnsupported', { kind: 'archive' }, write('data', Buffer.from('PK\x03\x04…', 'latin1')));
  await fails('inputUnsupported', { kind: 'pickle' }, write('data2', Buffer.from('\x80\x04…', 'latin1')));
  await fails('fileEmpty', {}, write('none.jsonl', '\n\n'));
  await fails('fileEmpty', {}, write('none.csv', ''));
});

function written(file: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
}
