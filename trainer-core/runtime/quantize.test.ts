import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { FACTOR_LIMIT, quantizeRows, TABLE_LIMIT } from './quantize.js';

const random = Random.fromSeed(1);
const matrix = Float32Array.from({ length: 40 * 96 }, () => random.normal());

for (const limit of [FACTOR_LIMIT, TABLE_LIMIT]) {
  test(`each row of a matrix uses the whole range up to ${limit}, and no weight is off by more than half a step`, () => {
    const { values, scales } = quantizeRows(matrix, 96, limit);
    for (let row = 0; row < 40; row++) {
      const cut = values.subarray(row * 96, (row + 1) * 96);
      assert.equal(Math.max(...cut.map(Math.abs)), limit);
      cut.forEach((value, i) => {
        const off = Math.abs(value * (scales[row] as number) - (matrix[row * 96 + i] as number));
        assert.ok(off <= (scales[row] as number) * 0.5001, `row ${row}: ${off}`);
      });
    }
  });
}

test('a row of zeros stays one; the smallest numbers do not become NaN', () => {
  const { values, scales } = quantizeRows(Float32Array.of(0, 0, 1e-44, -1e-45), 2, FACTOR_LIMIT);
  assert.deepEqual([...values.subarray(0, 2)], [0, 0]);
  assert.ok(scales.every((scale) => scale > 0));
  assert.ok(values.every((value) => Math.abs(value) <= FACTOR_LIMIT));
});

test('two products of a factor and an activation fit into 16 bits, which saturate without VNNI', () => {
  assert.ok(2 * 255 * FACTOR_LIMIT <= 32767);
  assert.ok(2 * 255 * TABLE_LIMIT > 32767);
});
