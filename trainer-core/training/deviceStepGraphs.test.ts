import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32, scalar } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { INFINITE_NORM, normGraph, scaledNormGraph } from './deviceStepGraphs.js';

const SHARDS = [{ slots: [], decays: true, rate: 1, from: 0, to: 1024, rows: 1 }];
const one = (x: number) => float32(Float32Array.of(x), [1, 1]);

/** What the norm's graph makes of gradients of this norm, and of a loss; `scale` null: in single precision. */
async function normOf(norm: number, scale: number | null, loss = 1) {
  const graph =
    scale === null ? normGraph(SHARDS) : scaledNormGraph(SHARDS, { beta1: 0.9, beta2: 0.98, epsilon: 1e-6 });
  const program = await Program.compile(graph, { threads: 1 });
  const gradients = new Float32Array(1024);
  gradients[3] = norm;
  const outputs = await program.run({
    'gradients.0': float32(gradients, [1, 1024]),
    reported: float32(Float32Array.of(0, loss), [2]),
    maxNorm: scalar(1),
    alive: one(1),
    ...(scale !== null && { scale: one(scale), goodSteps: one(0), steps: one(0) }),
  });
  await program.dispose();
  return { told: outputs.norm?.data[0], alive: outputs.nowAlive?.data[0] };
}

const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;
/** The norm where the sum of squares is float32's largest number, which some compiler may make of infinity. */
const CLAMPED = Math.fround(Math.sqrt(LARGEST_FLOAT));

for (const scale of [null, 1e-4, 2 ** 16, 2 ** 40]) {
  test(`a norm counts as infinite where infinity is float32's largest number, too: scale ${scale}`, async () => {
    for (const norm of [CLAMPED, Number.POSITIVE_INFINITY, Number.NaN])
      assert.deepEqual(await normOf(norm, scale), { told: INFINITE_NORM, alive: 0 });
    const { told, alive } = await normOf(2 ** 62, scale);
    assert.equal(alive, 1);
    assert.ok(Math.abs((told as number) / (2 ** 62 / (scale ?? 1)) - 1) < 1e-6, `${told}`);
    assert.ok((told as number) < INFINITE_NORM);
  });

  test(`so does a loss: scale ${scale}`, async () => {
    for (const loss of [LARGEST_FLOAT, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])
      assert.deepEqual(await normOf(3, scale, loss), { told: INFINITE_NORM, alive: 0 });
    assert.equal((await normOf(3, scale, -1e9)).alive, 1);
  });
}
