import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasCode } from '../protocol/errors.js';
import { readUnlabelled } from './readUnlabelled.js';

const folder = mkdtempSync(join(tmpdir(), 'unlabelled-'));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const read = async (name: string, text: string, reading = {}) =>
  (await readUnlabelled(written(name, text), reading)).map(({ line, text, second }) => [line, text, second]);

test('a plain text file has a text a line; blank lines are none', async () => {
  assert.deepEqual(await read('a.txt', '東京へ行く。\n\n 雨だ。 \n'), [
    [1, '東京へ行く。', null],
    [3, '雨だ。', null],
  ]);
});

test('labels that are there are not looked at, with and without a header', async () => {
  const texts = [
    ['東京へ行く。', null],
    ['雨だ。', null],
  ];
  const without = (rows: unknown[][]) => rows.map(([, ...rest]) => rest);
  assert.deepEqual(without(await read('a.tsv', '東京へ行く。\t旅\n雨だ。\t\n')), texts);
  assert.deepEqual(without(await read('b.csv', 'text,label\n東京へ行く。,旅\n雨だ。,\n')), texts);
  assert.deepEqual(without(await read('c.jsonl', '{"text":"東京へ行く。"}\n{"text":"雨だ。","label":3}\n')), texts);
});

test('pairs, and columns by name', async () => {
  const json = '{"sentence1":"雨だ。","sentence2":"晴れだ。","title":"天気"}\n';
  assert.deepEqual(await read('d.jsonl', json), [[1, '雨だ。', '晴れだ。']]);
  assert.deepEqual(await read('e.jsonl', json, { textColumn: 'title' }), [[1, '天気', null]]);
});

test('class folders', async () => {
  for (const name of ['旅', '天気']) mkdirSync(join(folder, 'classes', name), { recursive: true });
  written('classes/旅/1.txt', '東京へ\n行く。');
  written('classes/天気/1.txt', '雨だ。');
  const texts = await readUnlabelled(join(folder, 'classes'));
  assert.deepEqual(texts.map(({ text }) => text).sort(), ['東京へ 行く。', '雨だ。']);
});

test('an empty file, one that is not there, and columns that do not say which is the text', async () => {
  await assert.rejects(read('f.txt', ''), (error) => hasCode(error, 'fileEmpty'));
  await assert.rejects(readUnlabelled(join(folder, 'nowhere.txt')), (error) => hasCode(error, 'fileNotFound'));
  await assert.rejects(
    read('g.jsonl', '{"a":"雨だ。","b":"晴れだ。","c":"雪だ。"}\n'),
    (error) => hasCode(error, 'columnsUnclear') && error.data.setting === 'textColumn',
  );
});
