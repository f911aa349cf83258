import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDropoutMask, keepThreshold, type MaskName, maskWords } from './dropout.js';

const SIZE = 1_000_000;
const COLUMNS = 1000;

function mask(probability: number, name: MaskName, columns = COLUMNS, size = SIZE): Float32Array {
  const filled = new Float32Array(size);
  fillDropoutMask(filled, maskWords(size / columns, columns, name), probability);
  return filled;
}

/** χ² of the numbers dropped in 100 equal blocks against what the probability says. About 100 when all is well. */
function blockChiSquare(values: Float32Array, probability: number): number {
  const block = values.length / 100;
  const expected = block * probability;
  let sum = 0;
  for (let i = 0; i < 100; i++) {
    const dropped = values.subarray(i * block, (i + 1) * block).reduce((n, x) => n + (x === 0 ? 1 : 0), 0);
    sum += (dropped - expected) ** 2 / (expected * (1 - probability));
  }
  return sum;
}

/** χ² with one degree of freedom of the independence of two masks, element by element. */
function independenceChiSquare(a: Float32Array, b: Float32Array): number {
  const size = Math.min(a.length, b.length);
  let [onlyA, onlyB, both] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    if (a[i] === 0) onlyA++;
    if (b[i] === 0) onlyB++;
    if (a[i] === 0 && b[i] === 0) both++;
  }
  const expected = (onlyA * onlyB) / size;
  return (both - expected) ** 2 / (expected * (1 - onlyA / size) * (1 - onlyB / size));
}

/** Five standard deviations around the mean of χ² with 100 degrees of freedom. */
const WITHIN: readonly [number, number] = [100 - 5 * Math.sqrt(200), 100 + 5 * Math.sqrt(200)];
const isWithin = (x: number) => x > WITHIN[0] && x < WITHIN[1];
/** One in ten million for one degree of freedom. */
const INDEPENDENT = 28;

const shapes = [COLUMNS, 1, 8, 128, SIZE].flatMap((columns) =>
  [0.01, 0.1, 0.5, 0.9].map((probability) => ({ columns, probability })),
);
for (const { columns, probability } of shapes) {
  test(`a mask of ${columns} columns and probability ${probability} drops that part, evenly, and keeps the mean`, () => {
    const values = mask(probability, [1, 2], columns);
    const kept = Math.fround(1 / (1 - probability));
    assert.ok(values.every((x) => x === 0 || x === kept));
    const chiSquare = blockChiSquare(values, probability);
    assert.ok(isWithin(chiSquare), `χ² ${chiSquare}`);
    const mean = values.reduce((sum, x) => sum + x, 0) / SIZE;
    const deviation = Math.sqrt(probability / (1 - probability) / SIZE);
    assert.ok(Math.abs(mean - 1) < 5 * deviation, `mean ${mean}`);
  });
}

test('the test of evenness can fail: another probability, a pattern, and elements that go together do', () => {
  assert.ok(!isWithin(blockChiSquare(mask(0.105, [1, 2]), 0.1)));
  const pattern = new Float32Array(SIZE).map((_, i) => (i % 10 === 0 ? 0 : 1));
  assert.ok(!isWithin(blockChiSquare(pattern, 0.1)));
  const base = mask(0.1, [1, 2]);
  const fours = new Float32Array(SIZE).map((_, i) => base[i >> 2] as number);
  assert.ok(!isWithin(blockChiSquare(fours, 0.1)));
});

test('the same seed gives the same mask, and each part of it another', () => {
  const some = (name: MaskName, rows = 10) => mask(0.1, name, 100, rows * 100);
  assert.deepEqual(some([7, 3]), some([7, 3]));
  assert.deepEqual(some([7, 3]), some([7, 3], 20).subarray(0, 1000));
  assert.notDeepEqual(some([7, 3]), some([8, 3]));
  assert.notDeepEqual(some([7, 3]), some([7, 4]));
});

test('masks of other sites, other seeds and neighbouring elements are independent', () => {
  const base = mask(0.1, [7, 3]);
  for (const [what, other] of [
    ['the next site', mask(0.1, [7, 4])],
    ['the next seed', mask(0.1, [8, 3])],
    ['site and seed swapped', mask(0.1, [3, 7])],
    ['the next element', base.subarray(1)],
    ['ten elements on', base.subarray(10)],
    ['the next row', base.subarray(COLUMNS)],
    ['ten rows on', base.subarray(10 * COLUMNS)],
    ['the next element of the next row', base.subarray(COLUMNS + 1)],
    ['the other way up', base.toReversed()],
    ['the rows as columns', base.map((_, i) => base[(i % COLUMNS) * COLUMNS + Math.floor(i / COLUMNS)] as number)],
  ] as const) {
    const chiSquare = independenceChiSquare(base, other);
    assert.ok(chiSquare < INDEPENDENT, `${what}: χ² ${chiSquare}`);
  }
  // The test can fail: a mask depends on itself, and on one that shares a tenth of its elements.
  assert.ok(independenceChiSquare(base, base) > INDEPENDENT);
  const mixed = mask(0.1, [7, 4]).map((x, i) => (i % 10 === 0 ? (base[i] as number) : x));
  assert.ok(independenceChiSquare(base, mixed) > INDEPENDENT);
});

/** A mask from another hash of words, to see what a test can tell apart. */
function maskBy(hash: (row: number, column: number) => number, rows: Int32Array, columns: Int32Array): Float32Array {
  const values = new Float32Array(rows.length * columns.length);
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      values[r * columns.length + c] = hash(row, column) > keepThreshold(PROBABILITY) ? 1 : 0;
    });
  });
  return values;
}

const PROBABILITY = 0.25;
const { rows: ROW_WORDS, columns: COLUMN_WORDS } = maskWords(SIZE / COLUMNS, COLUMNS, [11, 5]);

/** χ² of the numbers dropped in each row, or in each column, against what the probability says. About 1,000 when all is well. */
function lineChiSquare(values: Float32Array, of: 'rows' | 'columns'): number {
  const dropped = new Float64Array(1000);
  values.forEach((x, i) => {
    if (x === 0) dropped[of === 'rows' ? Math.floor(i / COLUMNS) : i % COLUMNS]!++;
  });
  const expected = 1000 * PROBABILITY;
  return dropped.reduce((sum, n) => sum + (n - expected) ** 2 / (expected * (1 - PROBABILITY)), 0);
}
const isEven = (chiSquare: number) => Math.abs(chiSquare - 1000) < 5 * Math.sqrt(2000);

/**
 * χ² of the patterns of cells that are `apart` in rows and columns, `cells` of each: 2 × 2 has 16 patterns. Of each pattern as many
 * are expected as independent elements would make.
 */
function patternChiSquare(values: Float32Array, cells: number, apart: number): { chiSquare: number; limit: number } {
  const patterns = 2 ** (cells * cells);
  const counts = new Float64Array(patterns);
  const reach = (cells - 1) * apart;
  let blocks = 0;
  // Blocks that share no element: every `cells` of them along rows and columns of the residue classes modulo `apart`.
  for (let r = 0; r + reach < 1000; r++) {
    if (Math.floor(r / apart) % cells !== 0) continue;
    for (let c = 0; c + reach < COLUMNS; c++) {
      if (Math.floor(c / apart) % cells !== 0) continue;
      let pattern = 0;
      for (let i = 0; i < cells; i++)
        for (let j = 0; j < cells; j++)
          pattern = 2 * pattern + (values[(r + i * apart) * COLUMNS + c + j * apart] === 0 ? 1 : 0);
      counts[pattern]!++;
      blocks++;
    }
  }
  const chiSquare = counts.reduce((sum, n, pattern) => {
    const dropped = pattern.toString(2).replaceAll('0', '').length;
    const expected = blocks * PROBABILITY ** dropped * (1 - PROBABILITY) ** (cells * cells - dropped);
    return sum + (n - expected) ** 2 / expected;
  }, 0);
  return { chiSquare, limit: patterns - 1 + 6 * Math.sqrt(2 * (patterns - 1)) };
}

test('as many are dropped in each row and in each column as independent elements would be', () => {
  const values = mask(PROBABILITY, [11, 5]);
  for (const of of ['rows', 'columns'] as const) assert.ok(isEven(lineChiSquare(values, of)), of);
  // The test can fail: columns that are counted instead of drawn make rows of even steps.
  const counted = Int32Array.from(COLUMN_WORDS, (_, c) => 2 * c + 1);
  const stepping = maskBy(Math.imul, ROW_WORDS, counted);
  assert.ok(!isEven(lineChiSquare(stepping, 'rows')));
});

test('of two rows and two columns all patterns come as often as of independent elements, near and far', () => {
  const rows = ROW_WORDS;
  for (const name of [
    [11, 5],
    [12, 5],
    [11, 6],
  ] as const) {
    const values = mask(PROBABILITY, name);
    for (const apart of [1, 7, 300]) {
      const { chiSquare, limit } = patternChiSquare(values, 2, apart);
      assert.ok(chiSquare < limit, `${name} ${apart} apart: χ² ${chiSquare}`);
    }
  }
  // The test can fail: in a sum, and in the bits of an exclusive or, the fourth of such a block follows from the other three.
  for (const weak of [(a: number, b: number) => (a + b) | 0, (a: number, b: number) => a ^ b]) {
    const { chiSquare, limit } = patternChiSquare(maskBy(weak, rows, COLUMN_WORDS), 2, 1);
    assert.ok(chiSquare > limit, `χ² ${chiSquare}`);
  }
});

test('of three rows and three columns all 512 patterns come as often as of independent elements', () => {
  for (const apart of [1, 100]) {
    const values = mask(PROBABILITY, [3, 9]);
    const { chiSquare, limit } = patternChiSquare(values, 3, apart);
    assert.ok(chiSquare < limit, `${apart} apart: χ² ${chiSquare}`);
  }
});

test('the kernel works out what it is said to, for every width, and leaves nothing out', () => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 1],
    [5, 3],
    [70, 130],
    [9000, 1],
    [3, 4096],
    [2, 4097],
    [3, 9001],
  ] as const) {
    const words = maskWords(rows, columns, [rows, columns]);
    const filled = new Float32Array(rows * columns).fill(Number.NaN);
    fillDropoutMask(filled, words, 0.3);
    const expected = Float32Array.from(filled, (_, i) => {
      const [a, b] = [words.rows[Math.floor(i / columns)] as number, words.columns[i % columns] as number];
      return Math.imul(a, b) > keepThreshold(0.3) ? Math.fround(1 / (1 - 0.3)) : 0;
    });
    assert.deepEqual(filled, expected);
  }
});

test('the threshold drops the part that the probability says, at its ends too', () => {
  const dropped = (probability: number) => (keepThreshold(probability) + 1 + 2 ** 31) / 2 ** 32;
  for (const probability of [0.1, 0.5, 0.75]) assert.ok(Math.abs(dropped(probability) - probability) < 2 ** -31);
  assert.equal(keepThreshold(1e-12), -(2 ** 31));
  assert.ok(mask(1e-12, [1, 2]).every((x) => x === 1));
});
