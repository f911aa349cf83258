import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertSameOutputs } from '../../../test/support/opCases.js';
import { tensorsLeft, testTensorflow as tf } from '../../../test/support/testTensorflow.js';
import * as b from '../../graph/build.js';
import { Graph } from '../../graph/graph.js';
import { dropout } from '../../nn/layers.js';
import { hasCode } from '../../protocol/errors.js';
import type { DeviceTensor } from '../deviceTensor.js';
import { float16Lowering } from '../float16.js';
import { float32, type HostTensor, int32 } from '../hostTensor.js';
import { int8Lowering } from '../int8.js';
import type { Initializer } from '../onnxEncoder.js';
import { Program } from '../program.js';
import { TfjsProgram } from './tfjsProgram.js';

const numbers = (tensor: HostTensor | undefined) => [...(tensor as HostTensor).data];

/** Twice x and x's rows by ids. */
function twoOutputs(): Graph {
  const g = new Graph();
  const x = g.input('x', ['rows', 2]);
  g.output('twice', b.mul(g, x, 2));
  g.output('picked', b.gather(g, x, g.input('ids', ['n'], 'int32')));
  return g;
}

const x = float32(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
const ids = int32(Int32Array.of(2, 0), [2]);

test('one program serves every size, nothing at all too, as onnxruntime does', async () => {
  const g = new Graph();
  const rows = g.input('x', ['rows', 3]);
  const y = b.gemm(g, rows, g.parameter('weight', [4, 3]), null, { transB: true });
  const labels = g.input('labels', ['rows'], 'int32');
  g.output('y', y);
  g.output('loss', b.sumAll(g, b.softmaxCrossEntropy(g, y, labels)));
  g.output('wide', b.expand(g, b.reduceSum(g, y, [1]), ['rows', 5]));
  g.output('sum', b.scatterAdd(g, g.input('sums', [4, 4]), labels, y));
  const pieces = b.reshape(g, labels, ['rows', 1]);
  g.output('top', b.topKDivergence(g, y, pieces, b.logSoftmax(g, b.split(g, y, 1, [2, 2])[0]!)));
  const program = TfjsProgram.compile(tf, g);
  const reference = await Program.compile(g, { threads: 1 });
  assert.deepEqual(program.feedNames.sort(), reference.feedNames.sort());
  for (const count of [1, 5, 0, 3]) {
    const feeds = {
      x: float32(
        Float32Array.from({ length: count * 3 }, (_, i) => Math.sin(i)),
        [count, 3],
      ),
      labels: int32(
        Int32Array.from({ length: count }, (_, i) => (i * 3) % 4),
        [count],
      ),
      weight: float32(
        Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
        [4, 3],
      ),
      sums: float32(new Float32Array(16).fill(1), [4, 4]),
    };
    assertSameOutputs(await program.run(feeds), await reference.run(feeds), 2e-6, `${count} rows`);
  }
  await Promise.all([program.dispose(), reference.dispose()]);
});

test('dropout masks are those of a run on the CPU', async () => {
  const g = new Graph();
  const ctx = { g, training: true };
  g.output('y', dropout(ctx, dropout(ctx, g.input('x', ['n', 8]), 0.3), 0.5));
  const program = TfjsProgram.compile(tf, g);
  const reference = await Program.compile(g, { threads: 1 });
  const feeds = { x: float32(new Float32Array(400).fill(1), [50, 8]) };
  for (const dropoutSeed of [1, 2]) {
    const got = await program.run(feeds, { dropoutSeed });
    assert.ok(numbers(got.y).includes(0));
    assertSameOutputs(got, await reference.run(feeds, { dropoutSeed }), 0, `seed ${dropoutSeed}`);
  }
  await assert.rejects(program.run(feeds), /needs a dropoutSeed/);
  await Promise.all([program.dispose(), reference.dispose()]);
});

test('a feed that is missing or of the wrong shape is refused by name', async () => {
  const program = TfjsProgram.compile(tf, twoOutputs());
  await assert.rejects(program.run({ x }), /input 'ids' was not fed/);
  await assert.rejects(program.run({ x: ids, ids }), /input 'x' is \[2\], the graph says \[rows, 2\]/);
  await program.dispose();
});

test('outputs have memory of their own, or that which was given', async () => {
  const g = new Graph();
  const given = g.input('x', ['rows', 2]);
  g.output('same', given);
  g.output('flat', b.reshape(g, given, ['2*rows']));
  const program = TfjsProgram.compile(tf, g);
  const memory = new Float32Array(8).fill(-1);
  const target = float32(memory.subarray(1, 7), [6]);
  const { same, flat } = await program.run({ x }, { into: { flat: target } });
  assert.equal(flat, target);
  assert.deepEqual([...memory], [-1, 1, 2, 3, 4, 5, 6, -1]);
  (same as HostTensor).data.fill(9);
  assert.deepEqual(numbers(x), [1, 2, 3, 4, 5, 6]);
  await program.dispose();
});

test('a run whose outputs cannot be taken leaves nothing behind, and what was to be written over as it was', async () => {
  const g = new Graph();
  const state = g.input('state', [2]);
  g.output('next', b.add(g, state, 1));
  g.output('sum', b.sumAll(g, state));
  const program = TfjsProgram.compile(tf, g, { keep: ['next'], inPlace: true });
  const given = (await program.runKeeping({ state: float32(Float32Array.of(1, 2), [2]) })).kept.next as DeviceTensor;
  const into = { sum: float32(new Float32Array(0), []) };
  for (const reuse of [{}, { next: given }]) {
    const run = () => assert.rejects(program.runKeeping({ state: given }, { into, reuse }), /offset is out of bounds/);
    assert.deepEqual(await tensorsLeft(run, 3), [0, 0, 0]);
  }
  assert.deepEqual(numbers((await program.runKeeping({ state: given })).outputs.sum), [5]);
  given.dispose();
  await program.dispose();
});

test('kept outputs stay with the backend, can be fed again, and take the place of others', async () => {
  const start = tf.memory().numTensors;
  const g = new Graph();
  const state = g.input('state', [2]);
  g.output('next', b.add(g, state, g.input('change', [2])));
  g.output('before', b.sumAll(g, state));
  const program = TfjsProgram.compile(tf, g, { keep: ['next'], inPlace: true });
  const change = float32(Float32Array.of(1, 10), [2]);
  const zero = float32(Float32Array.of(0, 0), [2]);
  const first = await program.runKeeping({ state: zero, change });
  assert.deepEqual(Object.keys(first.outputs), ['before']);
  const next = first.kept.next as DeviceTensor;
  assert.deepEqual([next.dims, next.type], [[2], 'float32']);
  // Memory of the host is read when it is fed, not when it is needed.
  (change.data as Float32Array).fill(2);
  const count = tf.memory().numTensors;
  const second = await program.runKeeping({ state: next, change }, { reuse: { next } });
  assert.equal(second.kept.next, next);
  assert.deepEqual(numbers(second.outputs.before), [11]);
  assert.equal(tf.memory().numTensors, count);
  const third = await program.runKeeping({ state: next, change });
  assert.deepEqual(numbers(third.outputs.before), [15]);
  next.dispose();
  next.dispose();
  third.kept.next?.dispose();
  await program.dispose();
  assert.equal(tf.memory().numTensors, start);
});

test('what has been read for the last time is freed at once, and runs leave nothing behind', async () => {
  const g = new Graph();
  let value = g.input('x', [64, 64]);
  for (let i = 0; i < 50; i++) value = b.tanh(g, b.add(g, value, 0.1));
  g.output('y', value);
  const program = TfjsProgram.compile(tf, g);
  const feeds = { x: float32(new Float32Array(64 * 64), [64, 64]) };
  const bytes = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(async () => {
    await program.run(feeds);
    return [];
  });
  // The input of an op, its output, and the one that is being freed.
  assert.ok(peakBytes - bytes <= 3 * 4 * 64 * 64, `${peakBytes - bytes} bytes at the peak`);
  assert.deepEqual(new Set(await tensorsLeft(() => program.run(feeds), 500)), new Set([0]));
  await program.dispose();
});

test("what the engine cannot do is engineFailed in the engine's words, and leaves nothing behind", async () => {
  const program = TfjsProgram.compile(tf, twoOutputs());
  const beyond = int32(Int32Array.of(99), [1]);
  const run = () =>
    assert.rejects(
      program.run({ x, ids: beyond }),
      (error) => hasCode(error, 'engineFailed') && /99/.test(error.data.reason),
    );
  assert.deepEqual(await tensorsLeft(run, 2), [0, 0]);
  await program.dispose();
});

test('parameters are baked in from memory or from a file, and a lowering is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bytes = new Uint8Array(32);
  bytes.set(new Uint8Array(Float32Array.of(3, 4).buffer), 12);
  writeFileSync(join(folder, 'w.bin'), bytes);
  const g = new Graph();
  const product = b.mul(g, g.parameter('a', [2]), g.parameter('b', [2]));
  g.output('y', b.mul(g, product, g.input('x', [])));
  const initializers = new Map<string, Initializer>([
    ['a', Float32Array.of(10, 100)],
    ['b', { file: 'w.bin', offset: 12, sizeBytes: 8 }],
  ]);
  const start = tf.memory().numTensors;
  const program = TfjsProgram.compile(tf, g, { initializers, weightsFolder: folder });
  assert.deepEqual(program.feedNames, ['x']);
  assert.deepEqual(numbers((await program.run({ x: float32(Float32Array.of(2), []) })).y), [60, 800]);
  await program.dispose();
  assert.equal(tf.memory().numTensors, start);
  for (const lowering of [int8Lowering(g), float16Lowering()])
    assert.throws(() => TfjsProgram.compile(tf, g, { lowering }), /single precision/);
});
