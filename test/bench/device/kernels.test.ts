import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileOf, type TraceEvent } from './kernels.js';

/** Events as onnxruntime-node 1.30 writes them, cut down to what is read. */
const node = (op_name: string, dur: number): TraceEvent => {
  return { cat: 'Node', name: `/layer/${op_name}_3_kernel_time`, dur, args: { op_name } };
};
const dispatch = (name: string, dur: number): TraceEvent => ({ cat: 'Api', name, dur });
const execute: TraceEvent = { cat: 'Session', name: 'SequentialExecutor::Execute', dur: 500 };

test("dispatches are added up by op and program, by the GPU's clock, for each of two equal steps", () => {
  const step = [
    node('Gemm', 100),
    node('Add', 9),
    execute,
    dispatch('&Gemm&Gemm', 6000),
    dispatch('/MatMulAddFusion&Gemm&Gemm', 2000),
    dispatch('&MatMul&Transpose', 500),
    dispatch('n&Add&Add', 1500),
  ];
  const profile = profileOf([[...step, ...step]], 2);
  assert.deepEqual(profile.kernels, [
    { name: 'Gemm', matrix: true, count: 2, ms: 8, share: 0.8 },
    { name: 'Add', matrix: false, count: 1, ms: 1.5, share: 0.15 },
    { name: 'MatMul Transpose', matrix: false, count: 1, ms: 0.5, share: 0.05 },
  ]);
  const { matrixMs, otherMs, count, hostMs, clock } = profile;
  assert.deepEqual(
    { matrixMs, otherMs, count, hostMs, clock },
    { matrixMs: 8, otherMs: 2, count: 4, hostMs: 0.5, clock: 'gpu' },
  );
});

test('on the CPU the nodes are the kernels', () => {
  const profile = profileOf([
    [node('MatMul', 3000), node('Add', 1000), execute, { cat: 'Session', name: 'model_run', dur: 9999 }],
  ]);
  assert.deepEqual(
    profile.kernels.map(({ name, share }) => [name, share]),
    [
      ['MatMul', 0.75],
      ['Add', 0.25],
    ],
  );
  assert.equal(profile.clock, 'host');
});

test('a profile without kernels is empty, not NaN', () => {
  assert.deepEqual(profileOf([[]]).kernels, []);
  assert.equal(profileOf([[]]).matrixMs, 0);
});

test('the run of a graph that compiled its kernels counts as the others do', () => {
  const run = (dur: number): TraceEvent => ({ ...execute, dur });
  assert.equal(profileOf([[run(9000), run(600), run(400)], [run(100)]]).hostMs, (3 * 600 + 100) / 1000);
});
