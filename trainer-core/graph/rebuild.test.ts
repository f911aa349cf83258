import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import * as b from './build.js';
import { Graph } from './graph.js';
import { rebuild } from './rebuild.js';

test('a rebuilt graph computes the same from inputs that are computed themselves', async () => {
  const source = new Graph();
  const x = source.input('x', ['n', 2]);
  const w = source.parameter('w', [2]);
  source.output('y', b.add(source, b.mul(source, x, w), 3));
  source.output('w', w);
  const target = new Graph();
  const flat = target.input('flat', [5]);
  const made = rebuild(source, target, ({ name, value, source: kind }) =>
    name === 'w' ? b.slice(target, flat, 0, 1, 3) : target.input(name, value.dims, value.type, kind),
  );
  for (const [name, value] of source.outputs) target.output(name, made.get(value)!);
  const program = await Program.compile(target, { threads: 1 });
  const { y, w: part } = await program.run({
    x: float32(Float32Array.of(1, 2, 3, 4), [2, 2]),
    flat: float32(Float32Array.of(9, 10, 20, 9, 9), [5]),
  });
  assert.deepEqual([...y!.data], [13, 43, 33, 83]);
  assert.deepEqual([...part!.data], [10, 20]);
  await program.dispose();
});
