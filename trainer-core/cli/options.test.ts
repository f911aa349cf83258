import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode, type UsageProblem } from '../protocol/errors.js';
import { flagOf, type OptionTable, readOptions } from './options.js';

const TABLE = {
  model: { type: 'string', required: true, meaning: '' },
  learningRate: { type: 'number', meaning: '' },
  groupByLength: { type: 'boolean', meaning: '' },
  corpus: { type: 'string', many: true, meaning: '' },
  'student.layers': { type: 'string', meaning: '' },
  device: { type: 'string', choices: ['auto', 'cpu'], meaning: '' },
} as const satisfies OptionTable;

const read = (...argv: string[]) => readOptions(argv, TABLE, 'distill');

function problem(expected: Partial<UsageProblem>, ...argv: string[]): void {
  assert.throws(
    () => read(...argv),
    (error) => {
      assert.ok(hasCode(error, 'usage'), String(error));
      assert.deepEqual({ ...error.data, ...expected }, error.data);
      return true;
    },
  );
}

test('flags are read in both spellings', () => {
  assert.equal(flagOf('learningRate'), '--learning-rate');
  for (const flag of ['--learningRate', '--learning-rate']) {
    assert.deepEqual({ ...read('--model', 'm', flag, '1e-4') }, { model: 'm', learningRate: 1e-4 });
    assert.deepEqual({ ...read('--model=m', `${flag}=-1`) }, { model: 'm', learningRate: -1 });
  }
  assert.equal(read('--model', 'm', '--student.layers', '2')['student.layers'], '2');
});

test('a flag that may be repeated gives a list, another the last value', () => {
  assert.deepEqual(read('--model', 'm', '--corpus', 'a', '--corpus', 'b').corpus, ['a', 'b']);
  assert.equal(read('--model', 'm', '--model', 'n').model, 'n');
  assert.deepEqual(read('--corpus', 'a', 'b', '--model', 'm', '--corpus=c', 'd').corpus, ['a', 'b', 'c', 'd']);
  problem({ problem: 'unexpected-argument', argument: 'b' }, '--corpus', 'a', '--model', 'm', 'b');
  problem({ problem: 'unexpected-argument', argument: 'b' }, '--model', 'm', '--corpus', 'a', '--', 'b');
});

test('boolean flags can be turned on and off', () => {
  const group = (...argv: string[]) => read('--model', 'm', ...argv).groupByLength;
  assert.equal(group('--group-by-length'), true);
  assert.equal(group('--no-group-by-length'), false);
  assert.equal(group('--no-groupByLength'), false);
  assert.equal(group('--group-by-length=false'), false);
  assert.equal(group(), undefined);
  problem({ problem: 'option-takes-no-value', option: '--group-by-length' }, '--model', 'm', '--group-by-length=2');
});

test('what is wrong with a command line is named', () => {
  problem({ problem: 'unknown-option', option: '--modle', nearest: '--model' }, '--modle', 'm');
  problem({ problem: 'unknown-option', option: '--lerning-rate', nearest: '--learning-rate' }, '--lerning-rate=1');
  problem({ problem: 'unknown-option', option: '-m', nearest: null }, '-m', 'x');
  problem({ problem: 'option-missing', option: '--model' });
  problem({ problem: 'option-needs-value', option: '--model' }, '--model');
  problem({ problem: 'option-needs-value', option: '--model' }, '--model', '--group-by-length');
  problem({ problem: 'option-needs-value', option: '--model' }, '--model=');
  problem({ problem: 'option-not-a-number', got: 'fast' }, '--model', 'm', '--learning-rate', 'fast');
  problem({ problem: 'unexpected-argument', argument: 'm' }, 'm');
});

test('a value that is none of the choices is refused as a setting given as a flag is', () => {
  const device: 'auto' | 'cpu' | undefined = read('--model', 'm', '--device', 'cpu').device;
  assert.equal(device, 'cpu');
  assert.throws(
    () => read('--model', 'm', '--device', 'gpu'),
    (error) => {
      assert.ok(hasCode(error, 'configNotAllowed'));
      const data = { file: '--device', line: null, key: 'device', allowed: ['auto', 'cpu'], got: '"gpu"' };
      assert.deepEqual(error.data, data);
      return true;
    },
  );
});

test('arguments take their places in the order of the table, wherever flags stand between them', () => {
  const table = {
    model: TABLE.model,
    from: { type: 'string', positional: true, required: true, value: 'DIR', meaning: '' },
    to: { type: 'string', positional: true, value: 'FILE', meaning: '' },
    verify: { type: 'boolean', meaning: '' },
  } as const satisfies OptionTable;
  const places = (...argv: string[]) => readOptions(argv, table, 'copy');
  assert.deepEqual(
    { ...places('a', '--verify', '--model', 'm', 'b') },
    { from: 'a', to: 'b', model: 'm', verify: true },
  );
  assert.deepEqual({ ...places('--model=m', '--', '--a') }, { model: 'm', from: '--a' });
  const refused = (expected: UsageProblem, ...argv: string[]) =>
    assert.throws(
      () => places(...argv),
      (error) => hasCode(error, 'usage') && assert.deepEqual(error.data, expected) === undefined,
    );
  refused({ problem: 'option-missing', option: 'DIR', command: 'copy' }, '--model', 'm');
  refused({ problem: 'unexpected-argument', argument: 'c', command: 'copy' }, '--model', 'm', 'a', 'b', 'c');
  refused({ problem: 'unknown-option', option: '--from', nearest: null, command: 'copy' }, '--from', 'a');
});
