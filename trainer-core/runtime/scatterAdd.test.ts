import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scatterAdd } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { float32, type HostTensor, int32 } from './hostTensor.js';
import { Program } from './program.js';

test('rows that repeat add up in order, the same on every run', async () => {
  const [table, width, updates] = [100, 256, 2048];
  const g = new Graph();
  const data = g.input('data', [table, width]);
  const rows = g.input('rows', ['n'], 'int32');
  g.output('sum', scatterAdd(g, data, rows, g.input('updates', ['n', width])));
  const program = await Program.compile(g, { threads: 4 });
  const index = Int32Array.from({ length: updates }, (_, i) => (i * 7919) % 13);
  const values = Float32Array.from({ length: updates * width }, (_, i) => Math.sin(i));
  const expected = new Float32Array(table * width).fill(0.5);
  index.forEach((row, i) => {
    for (let c = 0; c < width; c++) {
      expected[row * width + c] = (expected[row * width + c] as number) + (values[i * width + c] as number);
    }
  });
  for (let run = 0; run < 10; run++) {
    const { sum } = await program.run({
      data: float32(new Float32Array(table * width).fill(0.5), [table, width]),
      rows: int32(index, [updates]),
      updates: float32(values, [updates, width]),
    });
    assert.deepEqual((sum as HostTensor).data, expected, `run ${run}`);
  }
  await program.dispose();
});
