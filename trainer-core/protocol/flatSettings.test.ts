import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatSettings } from './flatSettings.js';

test('one row a setting, groups by dotted names, lists and null as they are', () => {
  assert.deepEqual(flatSettings({ a: 1, student: { layers: 2, deep: { x: null } }, corpus: ['f', 'g'] }), [
    ['a', 1],
    ['student.layers', 2],
    ['student.deep.x', null],
    ['corpus', ['f', 'g']],
  ]);
});
