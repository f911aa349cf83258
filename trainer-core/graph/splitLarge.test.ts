import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tinyConfig } from '../../test/support/tinyModels.js';
import { Random } from '../corpus/random.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { gradientGraph } from '../training/gradientGraph.js';
import { languageModelRuns } from '../training/languageModelBatch.js';
import { languageModelGraph } from '../training/languageModelGraph.js';
import { randomWeights } from '../training/languageModelSources.js';
import { TEACHER_PREFIX } from '../training/vocabularyLosses.js';
import { add, exp, gather, gemm, mul, scatterAdd, zeros } from './build.js';
import { Graph, topologicalOrder } from './graph.js';
import { type Piece, piecesOf, splitLarge } from './splitLarge.js';

const random = Random.fromSeed(3);
const drawn = (dims: readonly number[]) =>
  float32(
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
    dims,
  );

const programs: Program[] = [];
after(async () => {
  for (const program of programs) await program.dispose();
});

/** Outputs of the graph and of its pieces, put together again. */
async function bothWays(g: Graph, limit: number, feeds: Readonly<Record<string, HostTensor>>, bindings = {}) {
  const split = splitLarge(g, limit);
  for (const value of valuesOf(split)) assert.equal(piecesOf('', value, limit).length, 1, `[${value}] is left`);
  const run = async (graph: Graph, fed: Record<string, HostTensor>) => {
    const program = await Program.compile(graph, { threads: 1 });
    programs.push(program);
    return await program.run(fed, { bindings, dropoutSeed: 5 });
  };
  const whole = await run(g, feeds);
  const cut: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(feeds)) {
    const dims = g.inputs.get(name)?.value.dims;
    if (dims) Object.assign(cut, piecesOfTensor(piecesOf(name, dims, limit), tensor));
  }
  const parts = await run(split, cut);
  const names = [...g.outputs].map(([name, { dims }]) => ({ name, parts: piecesOf(name, dims, limit) }));
  return names.map(({ name, parts: pieces }) => ({
    name,
    whole: [...(whole[name]?.data ?? [])],
    pieces: pieces.flatMap((piece) => [...(parts[piece.name]?.data ?? [])]),
    count: pieces.length,
  }));
}

function valuesOf(g: Graph) {
  const made = topologicalOrder(g.outputs.values()).flatMap(({ outputs }) => outputs);
  return [...[...g.inputs.values()].map(({ value }) => value), ...made].map(({ dims }) => dims);
}

function piecesOfTensor(pieces: readonly Piece[], { data, dims }: HostTensor): Record<string, HostTensor> {
  const [first] = pieces as [Piece];
  if (pieces.length === 1) return { [first.name]: { data, dims } };
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  return Object.fromEntries(
    pieces.map(({ name: piece, from, to }) => {
      return [piece, { data: data.subarray(from * width, to * width), dims: [to - from, ...dims.slice(1)] }];
    }),
  );
}

test('pieces are whole rows, as even as they can be, and cover the tensor', () => {
  assert.deepEqual(piecesOf('x', [10, 4], 160), [{ name: 'x', from: 0, to: 10 }]);
  assert.deepEqual(piecesOf('x', [10, 4], 159), [
    { name: 'x#0', from: 0, to: 5 },
    { name: 'x#1', from: 5, to: 10 },
  ]);
  assert.deepEqual(piecesOf('x', ['batch', 4000], 16), [{ name: 'x', from: 0, to: 0 }]);
  assert.deepEqual(
    piecesOf('x', [50_000, 1024], 128 * 2 ** 20).map(({ to }) => to),
    [25_024, 50_000],
  );
  assert.throws(() => piecesOf('x', [2, 100], 300), /a row of \[2, 100\]/);
});

test('a graph in which nothing is too large stays as it is', () => {
  const g = new Graph();
  g.output('y', add(g, g.input('x', ['rows', 30]), g.parameter('w', [30])));
  assert.equal(splitLarge(g, 120), g);
});

test('what no rule is known for is refused', () => {
  const g = new Graph();
  g.output('y', exp(g, g.parameter('w', [10, 3])));
  assert.throws(() => splitLarge(g, 100), /Exp of tensors larger than 100 bytes/);
});

test('rows of every piece are looked up, added to and multiplied as those of the whole', async () => {
  const g = new Graph();
  const table = g.parameter('table', [11, 8]);
  const [x, z] = [g.input('x', ['m', 8]), g.input('z', ['m', 11])];
  g.output('rows', gather(g, table, g.input('indices', ['b', 's'], 'int32')));
  const [at, updates] = [g.input('at', ['n'], 'int32'), g.input('updates', ['n', 8])];
  g.output('into', scatterAdd(g, table, at, updates));
  g.output('fromNothing', scatterAdd(g, zeros(g, [11, 8]), at, updates));
  g.output('sum', add(g, mul(g, table, g.input('column', [11, 1])), g.input('row', [8])));
  g.output('columns', gemm(g, x, table, g.input('bias', [11]), { transB: true, alpha: 0.5, beta: 2 }));
  g.output('product', gemm(g, z, table, g.input('c', ['m', 8]), { alpha: 2, beta: 0.5 }));
  g.output('gradient', gemm(g, z, x, table, { transA: true }));
  g.output('height', gemm(g, table, g.input('factor', [8, 1]), null));
  const feeds = {
    ...{ table: drawn([11, 8]), x: drawn([2, 8]), z: drawn([2, 11]), c: drawn([2, 8]), updates: drawn([6, 8]) },
    ...{ column: drawn([11, 1]), row: drawn([8]), bias: drawn([11]), factor: drawn([8, 1]) },
    indices: int32(Int32Array.of(0, 10, 3, 3, 4, 7, 8, 5), [2, 4]),
    at: int32(Int32Array.of(9, 0, 3, 10, 3, 4), [6]),
  };
  // Four rows a piece, then two, of which the last piece has one.
  for (const limit of [128, 64]) {
    for (const { name, whole, pieces, count } of await bothWays(g, limit, feeds)) {
      // How a product of few columns is summed up depends on its rows.
      if (name !== 'product' && name !== 'height') assert.deepEqual(pieces, whole, name);
      else
        assert.ok(
          pieces.every((x, i) => Math.abs(x - (whole[i] as number)) < 1e-5),
          name,
        );
      assert.equal(count > 1, !['rows', 'columns', 'product', 'height'].includes(name), name);
    }
  }
});

for (const { what, limit } of [
  { what: 'its word embeddings', limit: 3000 },
  { what: 'all of its matrices', limit: 600 },
]) {
  test(`losses and gradients of a student are the same with ${what} in pieces`, async () => {
    const config = tinyConfig('distilbert', { vocabSize: 97 });
    const losses = { weights: { ce: 5, mlm: 2, mse: 1 }, temperature: 2, restrictCeToMask: false };
    const cut = { labelledChunks: 2, otherChunks: 1, restrictCeToMask: false, attentionMask: true };
    const { graph, total } = languageModelGraph({ ...losses, ...cut, student: config, teacher: config });
    const weights = randomWeights(config, 4);
    const trained = [...graph.inputsOf('parameter')].map(({ name }) => name).filter((name) => weights.has(name));
    gradientGraph({ graph, loss: total, reported: { total } }, trained, true);
    const ids = Int32Array.from({ length: 24 }, () => 5 + random.below(92));
    const labels = ids.map((id, i) => (i % 5 === 0 ? id : -100));
    const batch = { batchSize: 3, sequenceLength: 8, inputIds: ids, labels, lengths: Int32Array.of(8, 7, 5) };
    const [run] = languageModelRuns([batch], { ...cut, tokensPerRun: 100 });
    const feeds: Record<string, HostTensor> = { lossWeight: float32(Float32Array.of(1), []) };
    for (const [name, tensor] of weights) {
      feeds[name] = tensor;
      feeds[`sum.${name}`] = drawn(tensor.dims);
    }
    for (const { name } of graph.inputsOf('parameter')) {
      if (name.startsWith(TEACHER_PREFIX)) feeds[name] = weights.get(name.slice(TEACHER_PREFIX.length)) as HostTensor;
    }
    Object.assign(feeds, run?.feeds, { teacherTransformed: drawn([20, 16]) });
    const results = await bothWays(graph, limit, feeds, run?.bindings);
    assert.equal(results.find(({ name }) => name.endsWith('word_embeddings.weight'))?.count, limit === 600 ? 11 : 3);
    for (const { name, whole, pieces } of results) {
      const scale = whole.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
      const worst = whole.reduce((most, x, i) => Math.max(most, Math.abs(x - (pieces[i] as number))), 0);
      assert.ok(whole.length === pieces.length && worst < 2e-6 * scale, `${name} is ${worst} away`);
    }
  });
}
