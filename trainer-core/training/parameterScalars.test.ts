import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamedTensors } from '../protocol/tensor.js';
import { tensorScalars } from './parameterScalars.js';

test("means and deviations as torch's mean() and std() give them", () => {
  const tensors: NamedTensors = new Map([
    ['a', { dims: [4], data: Float32Array.of(1, 2, 3, 6) }],
    ['b', { dims: [1], data: Float32Array.of(5) }],
  ]);
  // torch.tensor([1., 2., 3., 6.]).std() is 2.1602; that of one element is nan.
  assert.deepEqual(tensorScalars('grad', tensors), [
    ['grad_mean/a', 3],
    ['grad_std/a', Math.sqrt(14 / 3)],
    ['grad_mean/b', 5],
    ['grad_std/b', Number.NaN],
  ]);
});
