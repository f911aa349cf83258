import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFrontMatter } from '../../test/support/frontMatter.js';
import { toYaml } from './yaml.js';

test('what is written is read again', () => {
  const value = {
    language: 'ja',
    words: [
      'no',
      'Null',
      'a: b',
      '- c',
      '# d',
      '"e"',
      "it's",
      '日本語',
      '',
      ' f ',
      '1.5',
      'g\nh',
      'cc-by-sa-4.0',
      'a/b.c',
      '~',
    ],
    numbers: [1, -2.5, 1e-7, 1.5e-9, 3e21],
    nested: [{ name: 'x', results: [{ task: { type: 'y' }, metrics: [{ type: 'f1', value: 0.25 }] }] }, { name: 'z' }],
  };
  assert.deepEqual(readFrontMatter(`---\n${toYaml(value)}---\n`).data, value);
});

test('numbers have the point that YAML 1.1 wants', () => {
  assert.equal(toYaml({ a: 1e-7, b: 1.5e-7, c: 12 }), 'a: 1.0e-7\nb: 1.5e-7\nc: 12\n');
});
