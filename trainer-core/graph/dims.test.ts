import assert from 'node:assert/strict';
import { test } from 'node:test';
import { broadcast, elementCount, evaluate, product, quotient, sameDims } from './dims.js';

test('products are canonical: a number first, then symbols in alphabetical order', () => {
  assert.equal(product([]), 1);
  assert.equal(product([2, 3]), 6);
  assert.equal(product(['sequence', 2, 'batch', 3]), '6*batch*sequence');
  assert.equal(product(['batch*sequence', 'batch']), 'batch*batch*sequence');
  assert.equal(product(['2*batch', '3*sequence']), product(['6*sequence', 'batch']));
});

test('a quotient is there only when it holds for every value of the symbols', () => {
  assert.equal(quotient('6*batch*sequence', '2*batch'), '3*sequence');
  assert.equal(quotient('batch*sequence', 'batch*sequence'), 1);
  assert.equal(quotient('batch', 'sequence'), null);
  assert.equal(quotient('batch*batch', 'batch'), 'batch');
  assert.equal(quotient('batch', 'batch*batch'), null);
  assert.equal(quotient('3*batch', 2), null);
});

test('dimensions have a value once their symbols do', () => {
  assert.equal(evaluate('2*batch*sequence', { batch: 3, sequence: 5 }), 30);
  assert.equal(elementCount(['batch', 4, 'batch*sequence'], { batch: 3, sequence: 5 }), 180);
  assert.equal(elementCount(['batch', 4], { batch: 0 }), 0);
  assert.throws(() => evaluate('2*batch*sequence', { batch: 3 }), /no value for dimension 'sequence'/);
});

test('symbols broadcast against 1 and themselves, and against nothing else', () => {
  assert.deepEqual(broadcast(['batch', 'sequence', 4], ['sequence', 1]), ['batch', 'sequence', 4]);
  assert.deepEqual(broadcast([1, 3], ['batch', 1]), ['batch', 3]);
  assert.deepEqual(broadcast([], [2]), [2]);
  assert.throws(() => broadcast(['batch', 2], ['sequence', 2]), /\[batch, 2\] and \[sequence, 2\] do not broadcast/);
  assert.throws(() => broadcast([2], ['batch']), /do not broadcast/);
  assert.throws(() => broadcast([3], [2]), /do not broadcast/);
  assert.ok(sameDims(['a', 1], ['a', 1]));
  assert.ok(!sameDims(['a', 1], ['a']));
});
