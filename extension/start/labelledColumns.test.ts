import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputFolder } from '../../test/support/inputFiles.js';
import { columnSetting, columnsOf, needsColumns } from './labelledColumns.js';

const { write } = inputFolder('labelledColumns');

test('the columns of the first line, in every format that has them there', async () => {
  assert.deepEqual(await columnsOf(write('a.tsv', '\ufeffid\tbody\tlabel\r\n1\t一\ta\n')), ['id', 'body', 'label']);
  assert.deepEqual(await columnsOf(write('a.csv', '"a, b","c ""d""",,e\n')), ['a, b', 'c "d"', '', 'e']);
  assert.deepEqual(await columnsOf(write('a.jsonl', '{"x": 1, "text": "一", "y": [2]}\n')), ['x', 'text', 'y']);
  assert.deepEqual(await columnsOf(write('b.jsonl', '{"x": ')), []);
  assert.deepEqual(await columnsOf(write('a.parquet', 'PAR1')), []);
  assert.deepEqual(await columnsOf('/nowhere/a.tsv'), []);
});

test('a column is named by its name in a header, else by its number', () => {
  assert.equal(columnSetting(['id', 'comment', 'stars'], 2), 'stars');
  assert.equal(columnSetting(['7', '良い映画だった', 'pos'], 1), 2);
  assert.equal(columnSetting(['x', '良かった。', 'pos'], 2), 3);
  assert.equal(columnSetting(['a', 'a', 'b'], 0), 1);
});

test('columns are asked for where their names do not tell', () => {
  assert.ok(needsColumns(['id', 'comment', 'stars']));
  assert.ok(needsColumns(['id', 'text', 'stars']));
  assert.ok(!needsColumns(['id', 'text', 'label']));
  assert.ok(!needsColumns(['一', 'a']));
  assert.ok(!needsColumns([]));
});
