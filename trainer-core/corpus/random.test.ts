import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from './random.js';

/** Σ (seen − expected)² / expected. */
function chiSquare(seen: readonly number[], expected: number): number {
  return seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function draw(random: Random, times: number): number[] {
  return Array.from({ length: times }, () => random.uint32());
}

test('gives the words of the published xoshiro128** from the state 1 2 3 4', () => {
  const expected = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  assert.deepEqual(draw(new Random([1, 2, 3, 4]), 10), expected);
});

test('a stream is named by its labels, whatever was drawn before', () => {
  const root = Random.fromSeed(56);
  const fresh = draw(root.fork('masks', 3, 7), 8);
  draw(root, 1000);
  assert.deepEqual(draw(root.fork('masks', 3, 7), 8), fresh);
  assert.deepEqual(draw(root.fork('masks').fork(3).fork(7), 8), fresh);
  assert.deepEqual(draw(Random.fromSeed(56).fork('masks', 3, 7), 8), fresh);
});

test('streams stay what they were: runs made before this version resume', () => {
  assert.deepEqual(draw(Random.fromSeed(56).fork('masks', 0, 0), 3), [366477638, 232121101, 4159295875]);
});

test('different labels give different streams', () => {
  const root = Random.fromSeed(0);
  const names: (string | number)[][] = [
    [],
    [0],
    [1],
    ['0'],
    ['1'],
    ['a', 'b'],
    ['ab'],
    ['b', 'a'],
    [-1],
    [2 ** 32],
    [2 ** 40],
    ['', ''],
    [''],
  ];
  for (let step = 2; step < 20_000; step++) names.push([step], ['step', step]);
  const firsts = names.map((name) => draw(root.fork(...name), 2).join(' '));
  assert.equal(new Set(firsts).size, names.length);
});

test('neighbouring streams are not correlated', () => {
  const root = Random.fromSeed(1);
  const bits = new Array<number>(32).fill(0);
  const streams = 20_000;
  for (let step = 0; step < streams; step++) {
    const changed = root.fork(step).uint32() ^ root.fork(step + 1).uint32();
    for (let bit = 0; bit < 32; bit++) bits[bit]! += (changed >>> bit) & 1;
  }
  // Each bit should differ in half of the pairs; 5 standard deviations allow for 32 looks.
  for (const count of bits) assert.ok(Math.abs(count - streams / 2) < 5 * Math.sqrt(streams / 4), `${count}`);
});

test('below is even, also where 2^32 is no multiple', () => {
  const random = Random.fromSeed(2);
  const seen = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) seen[random.below(7)]! += 1;
  assert.ok(chiSquare(seen, 10_000) < 22.5); // 0.1 % point for 6 degrees of freedom.
  let above = 0;
  // With n = 3·2^30 a plain remainder would give the lowest third twice as often.
  for (let i = 0; i < 30_000; i++) above += random.below(3 * 2 ** 30) < 2 ** 30 ? 1 : 0;
  assert.ok(Math.abs(above - 10_000) < 5 * Math.sqrt((30_000 * 2) / 9), `${above}`);
});

test('float is uniform in [0, 1), exponential and normal have their moments', () => {
  const random = Random.fromSeed(3);
  const n = 100_000;
  const bins = new Array<number>(20).fill(0);
  let exponential = 0;
  let normal = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    bins[Math.floor(random.float() * 20)]! += 1;
    exponential += random.exponential();
    const x = random.normal();
    normal += x;
    square += x * x;
  }
  assert.ok(chiSquare(bins, n / 20) < 43.8); // 0.1 % point for 19 degrees of freedom.
  assert.ok(Math.abs(exponential / n - 1) < 5 / Math.sqrt(n));
  assert.ok(Math.abs(normal / n) < 5 / Math.sqrt(n));
  assert.ok(Math.abs(square / n - 1) < 5 * Math.sqrt(2 / n));
});

test('shuffle keeps all items and takes every order alike', () => {
  const random = Random.fromSeed(4);
  const seen = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = random.shuffle([1, 2, 3, 4]).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  assert.equal(seen.size, 24);
  assert.ok(chiSquare([...seen.values()], 1000) < 49.7); // 0.1 % point for 23 degrees of freedom.
  assert.deepEqual([...random.shuffle(Uint32Array.from([5, 6, 7]))].sort(), [5, 6, 7]);
});
