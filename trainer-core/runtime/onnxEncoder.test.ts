import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from 'onnxruntime-node';
import { add, expand, mul, range, reshape, transpose } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { encodeGraph } from './onnxEncoder.js';
import { encodeModel } from './onnxSchema.js';

test('a model that works out its shapes itself runs with its own inputs alone, in every shape', async () => {
  const g = new Graph();
  const x = g.input('x', ['batch', 'sequence', 4]);
  const turned = transpose(g, reshape(g, x, ['batch', 'sequence', 2, 2]), [0, 2, 1, 3]);
  const joined = reshape(g, turned, ['2*batch', '2*sequence']);
  g.output('joined', add(g, joined, expand(g, g.scalar(1), joined.dims)));
  g.output('starts', mul(g, g.scalar(1), reshape(g, x, ['4*batch*sequence'])));
  const { graph, shapeInputs } = encodeGraph(g, new Map(), { shapesInModel: true });
  assert.deepEqual(shapeInputs, []);
  assert.deepEqual(
    graph.input.map(({ name }) => name),
    ['x'],
  );
  const session = await ort.InferenceSession.create(encodeModel(graph));
  for (const [batch, sequence] of [
    [1, 1],
    [3, 2],
    [2, 5],
  ] as const) {
    const data = Float32Array.from({ length: batch * sequence * 4 }, (_, i) => i);
    const results = await session.run({ x: new ort.Tensor('float32', data, [batch, sequence, 4]) });
    const expected: number[] = [];
    for (let b = 0; b < batch; b++)
      for (let half = 0; half < 2; half++)
        for (let s = 0; s < sequence; s++)
          for (let i = 0; i < 2; i++) expected.push((data[(b * sequence + s) * 4 + half * 2 + i] as number) + 1);
    assert.deepEqual(results.joined?.dims, [2 * batch, 2 * sequence]);
    assert.deepEqual([...(results.joined?.data as Float32Array)], expected);
    assert.deepEqual(results.starts?.dims, [4 * batch * sequence]);
  }
  await session.release();
});

test('a range counts by a step that the shapes of the inputs decide', async () => {
  const g = new Graph();
  g.input('ids', ['batch', 'sequence'], 'int64');
  g.output('starts', range(g, 'batch', 'sequence'));
  g.output('positions', range(g, 'sequence'));
  const session = await ort.InferenceSession.create(
    encodeModel(encodeGraph(g, new Map(), { shapesInModel: true }).graph),
  );
  const { starts, positions } = await session.run({ ids: new ort.Tensor('int64', new BigInt64Array(12), [4, 3]) });
  assert.deepEqual([...(starts?.data as BigInt64Array)], [0n, 3n, 6n, 9n]);
  assert.deepEqual([...(positions?.data as BigInt64Array)], [0n, 1n, 2n]);
  await session.release();
});
