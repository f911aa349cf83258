import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './nearest.js';

test('edit distance counts insertions, deletions, substitutions and swaps', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('teahcer', 'teacher'), 1);
  assert.equal(editDistance('same', 'same'), 0);
});

test('the nearest word is found, and none where nothing is near', () => {
  const known = ['learningRate', 'batchSize', 'seed'];
  assert.equal(nearest('learningrate', known), 'learningRate');
  assert.equal(nearest('learning-rte', known), 'learningRate');
  assert.equal(nearest('sed', known), 'seed');
  assert.equal(nearest('temperature', known), null);
  assert.equal(nearest('x', known), null);
});
