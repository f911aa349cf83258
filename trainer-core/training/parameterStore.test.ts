import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamedTensors } from '../protocol/tensor.js';
import { ParameterStore } from './parameterStore.js';

const tensor = (dims: readonly number[], first: number) => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => first + i),
});

const tensors: NamedTensors = new Map([
  ['classifier.bias', tensor([2], 100)],
  ['classifier.weight', tensor([2, 3], 200)],
  ['distilbert.embeddings.LayerNorm.weight', tensor([3], 300)],
  ['distilbert.transformer.layer.0.sa_layer_norm.weight', tensor([3], 400)],
]);

test('decayed weights lie before the others, by name', () => {
  const store = new ParameterStore(tensors);
  assert.deepEqual(store.names, [
    'classifier.weight',
    'distilbert.transformer.layer.0.sa_layer_norm.weight',
    'classifier.bias',
    'distilbert.embeddings.LayerNorm.weight',
  ]);
  assert.equal(store.size, 14);
  assert.deepEqual(store.groups, [
    { from: 0, to: 9, decays: true, rate: 1 },
    { from: 9, to: 14, decays: false, rate: 1 },
  ]);
  assert.deepEqual([...store.values], [200, 201, 202, 203, 204, 205, 400, 401, 402, 100, 101, 300, 301, 302]);
  assert.deepEqual(store.shapes.get('classifier.weight'), [2, 3]);
});

test('where rates differ, those with decay still come first, and of these the fastest', () => {
  const rateOf = (name: string) => (name.startsWith('classifier.') ? 1 : 0.5);
  const store = new ParameterStore(new Map([...tensors].reverse()), rateOf);
  assert.deepEqual(store.names, [
    'classifier.weight',
    'distilbert.transformer.layer.0.sa_layer_norm.weight',
    'classifier.bias',
    'distilbert.embeddings.LayerNorm.weight',
  ]);
  assert.deepEqual(store.groups, [
    { from: 0, to: 6, decays: true, rate: 1 },
    { from: 6, to: 9, decays: true, rate: 0.5 },
    { from: 9, to: 11, decays: false, rate: 1 },
    { from: 11, to: 14, decays: false, rate: 0.5 },
  ]);
});

test('it holds copies, and its views are windows on one block', () => {
  const store = new ParameterStore(tensors);
  store.values[0] = -1;
  assert.equal(tensors.get('classifier.weight')?.data[0], 200);
  const view = store.views(store.values).get('classifier.bias');
  assert.deepEqual(view?.dims, [2]);
  view?.data.set([7, 8]);
  assert.deepEqual([...store.values.subarray(9, 11)], [7, 8]);
  assert.ok(store.m.every((x) => x === 0) && store.v.every((x) => x === 0));
});

test('what was taken out goes back in, into any block', () => {
  const store = new ParameterStore(tensors);
  const copy: NamedTensors = new Map([...tensors].map(([name, { dims }]) => [name, tensor(dims, 1)]));
  store.load(copy);
  store.load(tensors, store.m);
  assert.deepEqual([...store.values], [1, 2, 3, 4, 5, 6, 1, 2, 3, 1, 2, 1, 2, 3]);
  assert.equal(store.m[0], 200);
});

test('a number that is none is seen in weights and in moments', () => {
  for (const block of ['values', 'm', 'v'] as const) {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const store = new ParameterStore(tensors);
      assert.ok(store.isFinite);
      store[block][13] = wrong;
      assert.ok(!store.isFinite);
    }
  }
});
