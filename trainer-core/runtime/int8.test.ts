import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { gather, gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { float32, int32 } from './hostTensor.js';
import { int8Lowering } from './int8.js';
import { encodeGraph } from './onnxEncoder.js';
import { Program } from './program.js';
import { FACTOR_LIMIT, quantizeRows, TABLE_LIMIT } from './quantize.js';

const [ROWS, IN, OUT] = [5, 24, 7];
const random = Random.fromSeed(3);
const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
const [x, weight, bias] = [draw(ROWS * IN), draw(OUT * IN), draw(OUT)];

/** ONNX's DynamicQuantizeLinear: a range that holds 0 in 256 steps, ties to even. */
function quantizeActivations(values: Float32Array): { levels: number[]; scale: number; zero: number } {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = Math.fround((high - low) / 255);
  const even = (value: number) => {
    const floor = Math.floor(value);
    const rest = value - floor;
    return rest === 0.5 ? floor + (floor % 2) : Math.round(value);
  };
  const clamp = (value: number) => Math.max(0, Math.min(255, value));
  const zero = clamp(even(Math.fround(-low / scale)));
  return { levels: Array.from(values, (value) => clamp(even(Math.fround(value / scale)) + zero)), scale, zero };
}

for (const factor of [1, 0.125]) {
  test(`a linear layer times ${factor} comes to what the integers come to, not to what the floats do`, async () => {
    const g = new Graph();
    const given = g.input('x', ['rows', IN]);
    const [w, b] = [g.parameter('w', [OUT, IN]), g.parameter('b', [OUT])];
    g.output('y', gemm(g, given, w, b, { transB: true, alpha: factor, beta: factor }));
    const initializers = new Map([
      ['w', weight],
      ['b', bias],
    ]);
    const program = await Program.compile(g, { initializers, lowering: int8Lowering(g) });
    const { y } = await program.run({ x: float32(x, [ROWS, IN]) });
    const { values, scales } = quantizeRows(weight, IN, FACTOR_LIMIT);
    const { levels, scale, zero } = quantizeActivations(x);
    let furthest = 0;
    for (let row = 0; row < ROWS; row++) {
      for (let out = 0; out < OUT; out++) {
        let [integer, float] = [0, 0];
        for (let i = 0; i < IN; i++) {
          integer += ((levels[row * IN + i] as number) - zero) * (values[out * IN + i] as number);
          float += (x[row * IN + i] as number) * (weight[out * IN + i] as number);
        }
        const expected = factor * (integer * scale * (scales[out] as number) + (bias[out] as number));
        const got = y?.data[row * OUT + out] as number;
        assert.ok(Math.abs(got - expected) < 1e-5, `${got}, expected ${expected}`);
        furthest = Math.max(furthest, Math.abs(got - factor * (float + (bias[out] as number))));
      }
    }
    assert.ok(furthest > 1e-4 * factor, 'this must have been integers');
    await program.dispose();
  });
}

test('a table gives its rows with a scale each; one that is multiplied with as well is stored once, for both', async () => {
  const g = new Graph();
  const table = g.parameter('table', [OUT, IN]);
  const rows = gather(g, table, g.input('indices', ['rows'], 'int32'));
  g.output('rows', rows);
  const lookedUp = { initializers: new Map([['table', weight]]), lowering: int8Lowering(g) };
  const program = await Program.compile(g, lookedUp);
  const { rows: got } = await program.run({ indices: int32(Int32Array.of(4, 0), [2]) });
  const { values, scales } = quantizeRows(weight, IN, TABLE_LIMIT);
  const expected = [4, 0].flatMap((row) =>
    Array.from(values.subarray(row * IN, (row + 1) * IN), (value) => Math.fround(value * (scales[row] as number))),
  );
  assert.deepEqual([...(got?.data ?? [])], expected);
  await program.dispose();

  g.output('scores', gemm(g, rows, table, null, { transB: true }));
  const { graph } = encodeGraph(g, lookedUp.initializers, { lowering: int8Lowering(g) });
  const stored = graph.initializer.filter(({ rawData }) => (rawData?.length ?? 0) >= OUT * IN);
  assert.deepEqual(
    stored.map(({ name, rawData }) => [name, rawData?.length]),
    [['table.int8', OUT * IN]],
  );
  assert.equal(Math.max(...Array.from(stored[0]?.rawData ?? [], (byte) => Math.abs((byte << 24) >> 24))), FACTOR_LIMIT);
});
