import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as b from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { hasCode } from '../protocol/errors.js';
import { float32, type HostTensor, int32 } from './hostTensor.js';
import { Program } from './program.js';

const dataOf = (tensor: HostTensor | undefined) => [...(tensor as HostTensor).data];

/** Rows of a table by ids [B, S], each sequence reversed in its axes, and sums over all that is symbolic. */
function lookUp(): Graph {
  const g = new Graph();
  const ids = g.input('ids', ['batch', 'sequence'], 'int32');
  const table = g.parameter('table', [5, 2]);
  const rows = b.gather(g, table, ids); // [B, S, 2]
  g.output('swapped', b.transpose(g, rows, [1, 0, 2]));
  g.output('flat', b.flattenRows(g, rows));
  // Two unknown dimensions at once: the shape has to be worked out for each run.
  g.output('paired', b.reshape(g, b.flattenRows(g, rows), ['batch', 'sequence', 1, 2]));
  g.output('spread', b.expand(g, g.input('scale', []), ['batch', 'sequence']));
  g.output('total', b.sumAll(g, rows));
  return g;
}

const table = float32(
  Float32Array.from({ length: 10 }, (_, i) => i + 0.5),
  [5, 2],
);
const scale = float32(Float32Array.of(3), []);

function idsOf(batch: number, sequence: number): HostTensor {
  return int32(
    Int32Array.from({ length: batch * sequence }, (_, i) => (i * 3 + 1) % 5),
    [batch, sequence],
  );
}

test('one session serves every batch size and length', async () => {
  const program = await Program.compile(lookUp(), { threads: 1 });
  for (const [batch, sequence] of [
    [1, 1],
    [2, 3],
    [4, 1],
    [3, 7],
    [2, 3],
  ] as const) {
    const ids = idsOf(batch, sequence);
    const outputs = await program.run({ ids, table, scale });
    const row = (i: number) => [0.5, 1.5].map((x) => (ids.data[i] as number) * 2 + x);
    const flat = Array.from({ length: batch * sequence }, (_, i) => row(i)).flat();
    const swapped = Array.from({ length: sequence }, (_, s) =>
      Array.from({ length: batch }, (_, i) => row(i * sequence + s)),
    ).flat(2);
    assert.deepEqual(dataOf(outputs.flat), flat);
    assert.deepEqual(outputs.flat?.dims, [batch * sequence, 2]);
    assert.deepEqual(dataOf(outputs.swapped), swapped);
    assert.deepEqual(outputs.swapped?.dims, [sequence, batch, 2]);
    assert.deepEqual(outputs.paired?.dims, [batch, sequence, 1, 2]);
    assert.deepEqual(outputs.spread?.dims, [batch, sequence]);
    assert.ok(dataOf(outputs.spread).every((x) => x === 3));
    assert.equal(
      dataOf(outputs.total)[0],
      flat.reduce((sum, x) => sum + x, 0),
    );
  }
  await program.dispose();
});

test('nothing at all is a batch too', async () => {
  const g = new Graph();
  const x = g.input('x', ['rows', 3]);
  const weight = g.parameter('weight', [2, 3]);
  const y = b.gemm(g, x, weight, null, { transB: true });
  g.output('y', y);
  g.output('sum', b.sumAll(g, b.softmaxCrossEntropy(g, y, g.input('labels', ['rows'], 'int32'))));
  // What the gradient of a weight comes down to: a product over no rows, on top of what was there.
  const sum = g.input('running', [2, 3]);
  g.output('dWeight', b.gemm(g, y, x, sum, { transA: true }));
  const program = await Program.compile(g, { threads: 1 });
  const outputs = await program.run({
    x: float32(new Float32Array(0), [0, 3]),
    weight: float32(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    running: float32(Float32Array.of(6, 5, 4, 3, 2, 1), [2, 3]),
    labels: int32(new Int32Array(0), [0]),
  });
  assert.deepEqual(outputs.y?.dims, [0, 2]);
  assert.deepEqual(dataOf(outputs.sum), [0]);
  assert.deepEqual(dataOf(outputs.dWeight), [6, 5, 4, 3, 2, 1]);
  await program.dispose();
});

test('a feed that is missing or of the wrong shape is refused by name', async () => {
  const program = await Program.compile(lookUp(), { threads: 1 });
  assert.deepEqual(program.feedNames.sort(), ['ids', 'scale', 'table']);
  const ids = idsOf(2, 3);
  await assert.rejects(program.run({ ids, scale }), /input 'table' was not fed/);
  const narrow = float32(new Float32Array(5), [5, 1]);
  await assert.rejects(
    program.run({ ids, scale, table: narrow }),
    /input 'table' is \[5, 1\], the graph says \[5, 2\]/,
  );
  const line = int32(new Int32Array(6), [6]);
  await assert.rejects(program.run({ ids: line, scale, table }), /input 'ids' is \[6\]|no value for dimension/);
  const outputs = await program.run({ ids, scale, table, more: scale });
  assert.equal(outputs.total?.dims.length, 0);
  await program.dispose();
});

test('inputs that disagree about a symbol are refused, also in a product', async () => {
  const g = new Graph();
  const mask = g.input('mask', ['batch', 'sequence']);
  const rows = g.input('rows', ['batch*sequence', 2]);
  g.output('sum', b.add(g, b.sumAll(g, mask), b.sumAll(g, rows)));
  const program = await Program.compile(g, { threads: 1 });
  const feeds = (count: number) => ({
    mask: float32(new Float32Array(6), [2, 3]),
    rows: float32(new Float32Array(count * 2), [count, 2]),
  });
  await assert.rejects(program.run(feeds(5)), /input 'rows' is \[5, 2\], the graph says \[batch\*sequence, 2\]/);
  await program.run(feeds(6));
  await program.dispose();
});

test('outputs go into memory that was given, and only there', async () => {
  const g = new Graph();
  const x = g.input('x', ['n']);
  g.output('twice', b.mul(g, x, 2));
  const program = await Program.compile(g, { threads: 1 });
  const memory = new Float32Array(5).fill(-1);
  const target = float32(memory.subarray(1, 4), [3]);
  const { twice } = await program.run({ x: float32(Float32Array.of(1, 2, 3), [3]) }, { into: { twice: target } });
  assert.equal(twice, target);
  assert.deepEqual([...memory], [-1, 2, 4, 6, -1]);
  await program.dispose();
});

test('parameters that are baked in give the answers of parameters that are fed', async () => {
  const fed = await Program.compile(lookUp(), { threads: 1 });
  const baked = await Program.compile(lookUp(), {
    threads: 1,
    initializers: new Map([['table', table.data as Float32Array]]),
  });
  assert.deepEqual(baked.feedNames.sort(), ['ids', 'scale']);
  const ids = idsOf(2, 3);
  assert.deepEqual(await baked.run({ ids, scale }), await fed.run({ ids, scale, table }));
  await Promise.all([fed.dispose(), baked.dispose()]);
});

test("what the engine cannot do is engineFailed, in the engine's words", async () => {
  const program = await Program.compile(lookUp(), { threads: 1 });
  const beyond = int32(Int32Array.of(99), [1, 1]);
  await assert.rejects(
    program.run({ ids: beyond, table, scale }),
    (error) => hasCode(error, 'engineFailed') && /indices element out of data bounds/.test(error.data.reason),
  );
  await program.dispose();
});
