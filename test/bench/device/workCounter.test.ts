import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matMul } from '../../../trainer-core/graph/build.js';
import { Graph } from '../../../trainer-core/graph/graph.js';
import { float32 } from '../../../trainer-core/runtime/hostTensor.js';
import { Program } from '../../../trainer-core/runtime/program.js';
import { WorkCounter } from './workCounter.js';

test('what runs while it counts is counted, with the sizes of each run', async () => {
  const counter = WorkCounter.install();
  const g = new Graph();
  g.output('y', matMul(g, g.input('x', ['rows', 3]), g.input('w', [3, 2])));
  const program = await Program.compile(g);
  const run = (rows: number) =>
    program.run({ x: float32(new Float32Array(rows * 3).fill(1), [rows, 3]), w: float32(new Float32Array(6), [3, 2]) });
  await run(4);
  const counted = await counter.counted(async () => {
    await run(5);
    await run(7);
  });
  assert.deepEqual(counted, { work: 2 * 3 * 2 * (5 + 7), runs: 2 });
  await run(4);
  assert.deepEqual(await counter.counted(async () => {}), { work: 0, runs: 0 });
  await program.dispose();
});
