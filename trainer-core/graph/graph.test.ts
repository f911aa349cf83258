import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradients } from '../autodiff/gradients.js';
import { float32 } from '../runtime/hostTensor.js';
import { encodeGraph } from '../runtime/onnxEncoder.js';
import { Program } from '../runtime/program.js';
import * as b from './build.js';
import { dependencies, Graph, topologicalOrder } from './graph.js';
import type { Value } from './ops.js';

test('an input asked for twice is one, and equal scalars are one constant', () => {
  const g = new Graph();
  assert.equal(g.input('x', [2]), g.input('x', [2]));
  assert.equal(g.scalar(0.5), g.scalar(0.5));
  assert.notEqual(g.scalar(0.5), g.scalar(0.25));
  assert.deepEqual(
    g.inputsOf('feed').map(({ name }) => name),
    ['x'],
  );
});

test('the order has every node after those it needs, once, and none that is not needed', () => {
  const g = new Graph();
  const x = g.input('x', [2]);
  const shared = b.exp(g, x);
  const left = b.neg(g, shared);
  const unused = b.sqrt(g, shared);
  const y = b.add(g, left, b.mul(g, left, shared));
  const order = topologicalOrder([y, left]);
  assert.deepEqual(
    order.map(({ op }) => op),
    ['Exp', 'Neg', 'Mul', 'Add'],
  );
  assert.ok(!order.some((node) => node === unused.node));
  assert.deepEqual(dependencies(y), new Set([x, shared, left, y.node?.inputs[1] as Value]));
});

const DEEP = 5000;

test(`a chain of ${DEEP} nodes is ordered, differentiated and encoded without overflowing the stack`, () => {
  const g = new Graph();
  const x = g.input('x', []);
  let y = x;
  for (let i = 0; i < DEEP; i++) y = b.add(g, y, i % 2 === 0 ? x : y);
  assert.equal(topologicalOrder([y]).length, DEEP);
  const [dX] = gradients(g, y, [x]);
  g.output('dX', dX as Value);
  assert.ok(topologicalOrder([dX as Value]).length >= DEEP);
  assert.ok(encodeGraph(g).graph.node.length > DEEP);
});

test(`the engine runs a chain of ${DEEP} nodes and its gradient`, async () => {
  const g = new Graph();
  const x = g.input('x', []);
  let y = x;
  for (let i = 0; i < DEEP; i++) y = b.add(g, y, x);
  g.output('y', y);
  g.output('dX', gradients(g, y, [x])[0] as Value);
  const program = await Program.compile(g, { threads: 1 });
  const { y: value, dX } = await program.run({ x: float32(Float32Array.of(0.5), []) });
  assert.equal(value?.data[0], (DEEP + 1) / 2);
  assert.equal(dX?.data[0], DEEP + 1);
  await program.dispose();
});

test('the loss must depend on what it is differentiated by', () => {
  const g = new Graph();
  const [x, z] = [g.input('x', [2]), g.input('z', [2])];
  assert.throws(() => gradients(g, b.sumAll(g, x), [x, z]), /does not depend on value/);
  // A comparison lets no gradient through.
  const step = b.cast(g, b.greater(g, z, g.scalar(0)), 'float32');
  assert.throws(() => gradients(g, b.sumAll(g, b.mul(g, x, step)), [z]), /does not depend on value/);
});

test('shapes are worked out, and those that do not fit are refused with both of them', () => {
  const g = new Graph();
  const tokens = g.input('tokens', ['batch*sequence', 4]);
  const weight = g.input('weight', [3, 4]);
  assert.deepEqual(b.gemm(g, tokens, weight, null, { transB: true }).dims, ['batch*sequence', 3]);
  assert.throws(() => b.gemm(g, tokens, weight, null), /Gemm of \[batch\*sequence, 4\] and \[3, 4\]/);
  assert.throws(() => b.gemm(g, g.input('cube', [2, 3, 4]), weight, null, { transB: true }), /Gemm of \[2, 3, 4\]/);
  assert.deepEqual(b.matMul(g, g.input('a', ['batch', 1, 2, 3]), g.input('b', [5, 3, 4])).dims, ['batch', 5, 2, 4]);
  assert.throws(() => b.matMul(g, tokens, weight), /cannot multiply \[batch\*sequence, 4\] by \[3, 4\]/);
  assert.deepEqual(b.reshape(g, tokens, ['batch', 'sequence', 2, 2]).dims, ['batch', 'sequence', 2, 2]);
  assert.throws(() => b.reshape(g, tokens, ['batch', 'sequence', 3]), /cannot reshape \[batch\*sequence, 4\] to/);
  assert.throws(() => b.add(g, tokens, weight), /do not broadcast/);
  assert.deepEqual(b.reduceSum(g, tokens, [-1]).dims, ['batch*sequence', 1]);
  assert.deepEqual(b.sumTo(g, g.input('s', ['batch', 'sequence', 4]), ['sequence', 1]).dims, ['sequence', 1]);
  assert.deepEqual(b.gather(g, weight, g.input('rows', ['batch', 2], 'int32')).dims, ['batch', 2, 4]);
  assert.deepEqual(b.flattenRows(g, g.input('f', ['batch', 'sequence', 4])).dims, ['batch*sequence', 4]);
  assert.deepEqual(b.transposeLast(g, g.input('t', ['batch', 2, 3])).dims, ['batch', 3, 2]);
});

test('what changes nothing adds no node', () => {
  const g = new Graph();
  const x = g.input('x', ['batch', 2]);
  assert.equal(b.reshape(g, x, ['batch', 2]), x);
  assert.equal(b.expand(g, x, ['batch', 2]), x);
  assert.equal(b.cast(g, x, 'float32'), x);
  assert.deepEqual(b.split(g, x, 1, [2]), [x]);
  assert.equal(b.concat(g, [x], 0, 'batch'), x);
  assert.equal(b.sumTo(g, x, ['batch', 2]), x);
});
