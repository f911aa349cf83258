/** Half-precision products on the CPU provider, against float16 arithmetic written here (IEEE 754-2008 binary16, ties to even). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundedHalves } from '../../test/support/roundedHalves.js';
import { Random } from '../corpus/random.js';
import { concat, gather, gemm, matMul, reshape, transpose } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { float16Lowering, LONGEST_SUM } from './float16.js';
import { float32, type HostTensor, int32 } from './hostTensor.js';
import { encodeGraph } from './onnxEncoder.js';
import { dataType } from './onnxSchema.js';
import { Program } from './program.js';

/** The float16 nearest to `x`, by its definition: multiples of a power of two, 2^-24 at least, 11 bits long at most. */
function halfOf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10);
  const [below, rest] = [Math.floor(x / unit), x / unit - Math.floor(x / unit)];
  const whole = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
  return Math.abs(whole * unit) >= 65520 ? Math.sign(x) * Infinity : whole * unit;
}

const random = Random.fromSeed(3);
/** Numbers from 1 to 2 on a grid four times as fine as float16's: products of four of their halves add up in float32 without rounding. */
const numbers = (...dims: [number, number]): HostTensor & { data: Float32Array } => ({
  data: Float32Array.from({ length: dims[0] * dims[1] }, () => 1 + random.below(4096) / 4096),
  dims,
});

/** A'·B' in double precision, of numbers that `round` has gone over. */
function product(a: HostTensor, b: HostTensor, transA: boolean, transB: boolean, round = halfOf): number[] {
  const at = ({ data, dims }: HostTensor, i: number, j: number, transposed: boolean) =>
    round(data[transposed ? j * (dims[1] as number) + i : i * (dims[1] as number) + j] as number);
  const [rows, terms] = (transA ? [a.dims[1], a.dims[0]] : a.dims) as [number, number];
  const columns = b.dims[transB ? 0 : 1] as number;
  return Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < terms; k++) sum += at(a, Math.floor(i / columns), k, transA) * at(b, k, i % columns, transB);
    return sum;
  });
}

async function run(g: Graph, feeds: Record<string, HostTensor>, initializers = new Map<string, Float32Array>()) {
  const program = await Program.compile(g, { threads: 1, lowering: roundedHalves(float16Lowering()), initializers });
  try {
    return [...((await program.run(feeds)).y as HostTensor).data];
  } finally {
    await program.dispose();
  }
}

for (const transA of [false, true])
  for (const transB of [false, true])
    test(`a Gemm is the rounded product of rounded matrices, to the last bit (transA ${transA}, transB ${transB})`, async () => {
      const [a, b] = [transA ? numbers(4, 3) : numbers(3, 4), transB ? numbers(5, 4) : numbers(4, 5)];
      const g = new Graph();
      g.output('y', gemm(g, g.input('a', a.dims), g.input('b', b.dims), null, { transA, transB }));
      const got = await run(g, { a, b });
      assert.deepEqual(got, product(a, b, transA, transB).map(halfOf));
      assert.notDeepEqual(got, product(a, b, transA, transB, Math.fround).map(halfOf), 'the inputs are rounded too');
    });

test('a bias is added within the product, scaled by beta', async () => {
  const [a, b, c] = [numbers(3, 4), numbers(4, 5), float32(Float32Array.of(1, 2, 3, 4, 5), [5])];
  const g = new Graph();
  g.output('y', gemm(g, g.input('a', [3, 4]), g.input('b', [4, 5]), g.input('c', [5]), { alpha: 0.5, beta: 2 }));
  const expected = product(a, b, false, false).map((x, i) => halfOf(0.5 * x + 2 * (c.data[i % 5] as number)));
  assert.deepEqual(await run(g, { a, b, c }), expected);
});

test('a running sum stays float32: it takes in what half precision would lose', async () => {
  // Beyond 4,096 a float16 is a multiple of 4.
  const [a, b, c] = [
    float32(Float32Array.of(1), [1, 1]),
    float32(Float32Array.of(1), [1, 1]),
    float32(Float32Array.of(4096), [1, 1]),
  ];
  const g = new Graph();
  g.output('y', gemm(g, g.input('a', [1, 1]), g.input('b', [1, 1]), g.input('c', [1, 1])));
  assert.deepEqual(await run(g, { a, b, c }), [4097]);
});

test('sums longer than a float16 can count stay float32', async () => {
  for (const terms of [LONGEST_SUM - 1, LONGEST_SUM + 1]) {
    const ones = new Float32Array(terms).fill(1);
    const feeds = { a: float32(ones, [1, terms]), b: float32(ones, [terms, 1]) };
    for (const multiply of [matMul, (...given: Parameters<typeof matMul>) => gemm(...given, null)]) {
      const g = new Graph();
      g.output('y', multiply(g, g.input('a', [1, terms]), g.input('b', [terms, 1])));
      assert.deepEqual(await run(g, feeds), [terms > LONGEST_SUM ? terms : halfOf(terms)]);
    }
  }
});

/** x·w, cut into heads, times its own transposition: attention's way of going from product to product. */
function chain(g: Graph) {
  const y = gemm(g, g.input('x', [2, 4]), g.input('w', [4, 4]), null);
  const heads = transpose(g, reshape(g, y, [2, 2, 2]), [1, 0, 2]);
  return { y, scores: matMul(g, heads, transpose(g, heads, [0, 2, 1])) };
}

test('between two products nothing is cast back and forth, and each matrix is cast once', () => {
  const g = new Graph();
  const { scores } = chain(g);
  g.output('y', scores);
  const { node } = encodeGraph(g, new Map(), { lowering: float16Lowering() }).graph;
  assert.deepEqual(
    node.filter(({ opType }) => opType === 'Cast').map(({ input, attribute }) => [input[0], attribute[0]?.i]),
    [
      ['x', dataType.float16],
      ['w', dataType.float16],
      // To the output.
      [node.find(({ opType }) => opType === 'MatMul')?.output[0], dataType.float32],
    ],
  );
  const read = new Set(node.flatMap(({ input }) => input));
  assert.deepEqual(
    node.flatMap(({ output }) => output).filter((name) => !read.has(name)),
    ['y'],
  );
});

test('from product to product the numbers are those rounded after each, and others read what was not rounded', async () => {
  const [x, w] = [numbers(2, 4), numbers(4, 4)];
  const g = new Graph();
  const { y, scores } = chain(g);
  g.output('y', concat(g, [reshape(g, scores, [8]), reshape(g, y, [8]), reshape(g, g.input('x', [2, 4]), [8])], 0, 24));
  const made = product(x, w, false, false).map(halfOf);
  const expected: number[] = [];
  for (const head of [0, 1]) {
    const part = { data: Float32Array.from([0, 1, 4, 5], (i) => made[i + 2 * head] as number), dims: [2, 2] };
    expected.push(...product(part, part, false, true).map(halfOf));
  }
  assert.deepEqual(await run(g, { x, w }), [...expected, ...made, ...x.data]);
});

test('a table that is part of the model is stored in half precision, once, for looking up and for multiplying', async () => {
  const [table, x] = [numbers(6, 4), numbers(2, 4)];
  const g = new Graph();
  const words = g.parameter('words', [6, 4]);
  const rows = gather(g, words, g.input('ids', [2], 'int32'));
  g.output('y', concat(g, [gemm(g, g.input('x', [2, 4]), words, null, { transB: true }), rows], 1, 10));
  const initializers = new Map([['words', table.data]]);
  const { initializer } = encodeGraph(g, initializers, { lowering: float16Lowering() }).graph;
  assert.deepEqual(
    initializer.map((tensor) => [tensor.dataType, tensor.rawData?.byteLength]),
    [[dataType.float16, 2 * 24]],
  );
  const logits = product(x, table, false, true).map(halfOf);
  const rowOf = (i: number) => [...table.data.subarray(4 * i, 4 * i + 4)].map(halfOf);
  assert.deepEqual(await run(g, { x, ids: int32(Int32Array.of(5, 2), [2]) }, initializers), [
    ...logits.slice(0, 6),
    ...rowOf(5),
    ...logits.slice(6),
    ...rowOf(2),
  ]);
});
