import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLabelled } from '../labelled/readLabelled.js';
import { hasCode } from '../protocol/errors.js';
import { livedoorRow, livedoorTsvs, readLivedoor, readLivedoorSplit } from './livedoor.js';
import { readTar } from './tar.js';

const SAMPLE = fileURLToPath(new URL('../../../media/sample/livedoor/', import.meta.url));
const ARCHIVE = join(SAMPLE, 'livedoor-sample.tar.gz');
const SPLIT = join(SAMPLE, 'split.json');
const folder = mkdtempSync(join(tmpdir(), 'livedoor-'));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, contents: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

test('the sample has 100 articles of each class, and the licence of each', () => {
  const articles = readLivedoor(ARCHIVE);
  const perClass = new Map<string, number>();
  for (const { label } of articles.values()) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  assert.equal(perClass.size, 9);
  assert.deepEqual(new Set(perClass.values()), new Set([100]));
  const files = readTar(ARCHIVE);
  for (const label of perClass.keys())
    assert.match(files.get(`text/${label}/LICENSE.txt`)!.toString(), /表示 - 改変禁止/);
  for (const { url, date, title } of articles.values()) {
    assert.match(url, /^http:\/\/news\.livedoor\.com\/article\/detail\/\d+\/$/);
    assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0900$/);
    assert.ok(title.length > 0);
  }
});

test('the split takes 70, 10 and 20 of each class, each article once', () => {
  const split = readLivedoorSplit(SPLIT);
  const articles = readLivedoor(ARCHIVE);
  for (const [part, size] of [
    ['train', 70],
    ['dev', 10],
    ['test', 20],
  ] as const) {
    const perClass = new Map<string, number>();
    for (const name of split[part]) {
      const { label } = articles.get(name)!;
      perClass.set(label, (perClass.get(label) ?? 0) + 1);
    }
    assert.deepEqual([...perClass.values()], new Array(9).fill(size));
  }
  assert.equal(new Set([...split.train, ...split.dev, ...split.test]).size, 900);
});

test('no article of one part nearly repeats one of another', () => {
  const split = readLivedoorSplit(SPLIT);
  const articles = [...readLivedoor(ARCHIVE).values()];
  const shingles = new Map(
    articles.map(({ name, title, body }) => {
      const text = [title, ...body]
        .join('')
        .normalize('NFKC')
        .replace(/[^\p{L}\p{N}]+/gu, '');
      return [name, new Set(Array.from({ length: Math.max(0, text.length - 9) }, (_, i) => text.slice(i, i + 10)))];
    }),
  );
  const titles = articles.map(({ title }) => title.normalize('NFKC'));
  assert.equal(new Set(titles).size, titles.length);
  const places = new Map<string, string[]>();
  for (const [name, own] of shingles)
    for (const shingle of own) places.set(shingle, [...(places.get(shingle) ?? []), name]);
  const partOf = new Map(
    (['train', 'dev', 'test'] as const).flatMap((part) => split[part].map((name) => [name, part])),
  );
  for (const [name, own] of shingles) {
    const shared = new Map<string, number>();
    for (const shingle of own)
      for (const other of places.get(shingle)!) shared.set(other, (shared.get(other) ?? 0) + 1);
    for (const [other, count] of shared) {
      if (partOf.get(name) === partOf.get(other)) continue;
      const part = count / Math.min(own.size, shingles.get(other)!.size);
      assert.ok(part < 0.42, `${name} and ${other} share ${part}`);
    }
  }
});

test('the TSVs can be read back: one row an article, nine labels', async () => {
  const tsvs = livedoorTsvs(ARCHIVE, SPLIT);
  const train = await readLabelled(written('train.tsv', tsvs.train));
  const dev = await readLabelled(written('dev.tsv', tsvs.dev), { labels: train.labels });
  const scored = await readLabelled(written('test.tsv', tsvs.test), { labels: train.labels });
  assert.deepEqual(
    [train, dev, scored].map(({ examples }) => examples.length),
    [630, 90, 180],
  );
  assert.equal(train.labels.length, 9);
});

test('a row is title and body on one line without tabs', () => {
  const article = {
    name: 'smax/smax-1.txt',
    label: 'smax',
    url: '',
    date: '',
    title: '新しい　端末\t発売',
    body: [' 本文の\t一段落。', '', '二段落。  ', ''],
  };
  assert.equal(livedoorRow(article), '新しい 端末 発売 本文の 一段落。 二段落。\tsmax');
});

test('an unpacked folder reads like the archive', () => {
  const source = join(folder, 'unpacked');
  for (const [path, bytes] of readTar(ARCHIVE)) {
    if (/smax-6[5-7]|LICENSE/.test(path)) written(join('unpacked', path), bytes.toString());
  }
  const fromFolder = readLivedoor(source);
  const fromArchive = readLivedoor(ARCHIVE);
  assert.ok(fromFolder.size > 10);
  for (const [name, article] of fromFolder) assert.deepEqual(article, fromArchive.get(name));
});

test('what is missing or malformed is an error', () => {
  const gone = ['smax/smax-1.txt'];
  const split = written('split.json', JSON.stringify({ train: gone, dev: [], test: [] }));
  assert.throws(
    () => livedoorTsvs(ARCHIVE, split),
    (e) => hasCode(e, 'articlesMissing') && e.data.articles.join() === gone.join(),
  );
  const malformed = { '{': 'configInvalidJson', '{"train": []}': 'configMissingKey', null: 'configWrongType' } as const;
  for (const [bad, code] of Object.entries(malformed)) {
    assert.throws(
      () => readLivedoorSplit(written('split.json', bad)),
      (e) => hasCode(e, code),
      bad,
    );
  }
  written('short/smax/smax-1.txt', 'http://example.com/\n2012\n');
  assert.throws(
    () => readLivedoor(join(folder, 'short')),
    (e) => hasCode(e, 'articleInvalid') && e.data.lines === 2,
  );
  assert.throws(
    () => readLivedoor(join(folder, 'none')),
    (e) => hasCode(e, 'fileNotFound'),
  );
});
