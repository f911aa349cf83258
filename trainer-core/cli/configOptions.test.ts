import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import { configOptions, loadConfig, settingsOf } from './configOptions.js';
import { readOptions } from './options.js';

const folder = mkdtempSync(join(tmpdir(), 'configOptions-'));
after(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'a.distill.json');
writeFileSync(file, '{\n"teacher": "t",\n"corpus": ["c.txt", "/abs"],\n"batchSize": 7}');

const settings = (...argv: string[]) =>
  settingsOf(distillConfig, readOptions(argv, configOptions(distillConfig), 'distill'));
const load = (from: string | undefined, ...argv: string[]) =>
  loadConfig(distillConfig, from, settings(...argv), 'distill');

test('a path in the file is relative to the file, a path in a flag to the working folder', async () => {
  const config = await load(file, '--corpus', 'd.txt', '--corpus', '/e');
  assert.equal(config.teacher, join(folder, 't'));
  assert.deepEqual(config.corpus, [resolve('d.txt'), '/e']);
  assert.deepEqual((await load(file)).corpus, [join(folder, 'c.txt'), '/abs']);
});

test('flags win over the file, the file over the defaults', async () => {
  assert.equal((await load(file)).batchSize, 7);
  assert.equal((await load(file, '--batch-size', '9')).batchSize, 9);
  assert.equal((await load(file)).gradientAccumulationSteps, 50);
});

test('flags take the types of the settings', async () => {
  const config = await load(
    file,
    ...['--teacher-layers', '0,3', '--max-steps', 'null', '--no-group-by-length', '--student.layers', '2'],
    ...['--student-init', 'random', '--learning-rate', '1e-4'],
  );
  assert.deepEqual(config.teacherLayers, [0, 3]);
  assert.deepEqual((await load(file, '--teacher-layers', '3')).teacherLayers, [3]);
  assert.equal((await load(file, '--teacher-layers', 'last')).teacherLayers, 'last');
  assert.equal((await load(file, '--teacher-layers', 'null')).teacherLayers, null);
  assert.equal((await load(file, '--alpha-ce', '0.5')).alphaCe, 0.5);
  assert.deepEqual((await load(file, '--alpha-ce', '5,1')).alphaCe, [5, 1]);
  assert.equal(config.maxSteps, null);
  assert.equal(config.groupByLength, false);
  assert.equal(typeof config.student === 'object' && config.student.layers, 2);
  assert.equal(config.learningRate, 1e-4);
  assert.equal((await load(file, '--student', 's')).student, resolve('s'));
});

test('errors point at the file’s line or at the flag', async () => {
  const failure = async (...argv: string[]) => {
    try {
      await load(file, ...argv);
    } catch (error) {
      assert.ok(error instanceof TrainerError);
      return [error.code, error.data];
    }
    return assert.fail('no error');
  };
  const flag = await failure('--batch-size', '0');
  assert.deepEqual(
    [flag[0], flag[1]],
    [
      'configOutOfRange',
      {
        file: '--batch-size',
        line: null,
        key: 'batchSize',
        atLeast: 1,
        moreThan: null,
        atMost: null,
        lessThan: null,
        got: '0',
      },
    ],
  );
  assert.deepEqual(await failure('--temperature', 'warm'), [
    'configWrongType',
    { file: '--temperature', line: null, key: 'temperature', expected: ['number', 'array'], got: '"warm"' },
  ]);
  writeFileSync(join(folder, 'b.json'), '{"teacher": "t",\n"corpus": "c"}');
  await assert.rejects(load(join(folder, 'b.json')), (error) => {
    assert.ok(hasCode(error, 'configWrongType'));
    assert.equal(error.data.line, 2);
    return true;
  });
});

test('without a file a missing setting is a missing flag', async () => {
  await assert.rejects(load(undefined, '--teacher', 't'), (error) => {
    assert.ok(hasCode(error, 'usage'));
    assert.deepEqual(error.data, { problem: 'option-missing', option: '--corpus', command: 'distill' });
    return true;
  });
  await assert.rejects(load(join(folder, 'none.json')), (error) => hasCode(error, 'fileNotFound'));
  await assert.rejects(load(folder), (error) => hasCode(error, 'fileUnreadable'));
});
