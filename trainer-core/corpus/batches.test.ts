import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationBatches, groupedBatches, lengthSortedBatches, padBatch, shuffledBatches } from './batches.js';
import { Random } from './random.js';

const lengthsRandom = Random.fromSeed(1);
const LENGTHS = Uint32Array.from({ length: 1003 }, () => 12 + lengthsRandom.below(117));
const epoch = (number: number) => Random.fromSeed(56).fork('batches', number);

const ORDERS = {
  shuffled: (random: Random) => [...shuffledBatches(LENGTHS, 8, random)],
  grouped: (random: Random) => [...groupedBatches(LENGTHS, 8, 128, random)],
  lengthSorted: (random: Random) => [...lengthSortedBatches(LENGTHS, 8, random)],
};

/** Ids that would be computed on padding, per id that is not padding. */
function padding(batches: Iterable<Uint32Array>): number {
  const padded = Array.from(batches, (batch) => batch.length * Math.max(...Array.from(batch, (i) => LENGTHS[i]!)));
  const real = LENGTHS.reduce((sum, length) => sum + length, 0);
  return padded.reduce((sum, size) => sum + size, 0) / real - 1;
}

for (const [name, order] of Object.entries(ORDERS)) {
  test(`${name}: every example once, one batch smaller, the order of (seed, epoch)`, () => {
    const batches = order(epoch(0));
    const seen = batches.flatMap((batch) => [...batch]).sort((a, b) => a - b);
    assert.deepEqual(seen, Array.from(LENGTHS.keys()));
    assert.equal(batches.length, Math.ceil(LENGTHS.length / 8));
    assert.deepEqual(
      batches.map((batch) => batch.length).filter((size) => size !== 8),
      [3],
    );
    assert.deepEqual(order(epoch(0)), batches);
    assert.notDeepEqual(order(epoch(1)), batches);
  });
}

test('bins are 3-6, 7-10, …: a batch filled from one bin spans at most four lengths', () => {
  const batches = ORDERS.grouped(epoch(0));
  const mixed = batches.filter(
    (batch) => new Set(Array.from(batch, (i) => Math.floor((LENGTHS[i]! + 1) / 4))).size > 1,
  );
  const firstMixed = batches.indexOf(mixed[0]!);
  // 30 bins keep at most 7 examples each, and these alone are mixed, at the end, shortest first.
  assert.ok(batches.length - firstMixed <= Math.ceil((30 * 7) / 8));
  const rest = batches
    .slice(firstMixed)
    .flatMap((batch) => Array.from(batch, (i) => Math.floor((LENGTHS[i]! + 1) / 4)));
  assert.deepEqual(
    rest,
    rest.toSorted((a, b) => a - b),
  );
});

test('bins follow bisect_right over arange(3, maxLength, 4)', () => {
  const lengths = [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 30];
  const bins = [3, 7, 11, 15].map((edge) => edge); // numpy.arange(3, 16, 4)
  const bin = (length: number) => bins.filter((edge) => edge <= length).length;
  // With batches of 1 every example leaves at once, in the order of the shuffle; with huge ones all leave at the end, by bin.
  const order = groupedBatches(lengths, 100, 16, epoch(0)).at(0);
  const seen = Array.from(order, (i) => bin(lengths[i]!));
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  const long = Array.from(order, (i) => lengths[i]!).filter((length) => length >= 15);
  assert.notDeepEqual(
    long,
    long.toSorted((a, b) => a - b),
  ); // The last bin holds all of them, unsorted.
});

test('groups are those of bins kept as lists, in batches shuffled as a list is', () => {
  for (const [batchSize, maxLength] of [
    [8, 128],
    [1, 128],
    [5, 512],
    [7, 40],
    [2000, 128],
  ] as const) {
    const bins = Array.from({ length: Math.ceil((maxLength - 3) / 4) + 1 }, (): number[] => []);
    const expected: number[][] = [];
    for (const example of epoch(0).shuffle([...LENGTHS.keys()])) {
      const bin = bins[Math.min(Math.floor((LENGTHS[example]! + 1) / 4), bins.length - 1)]!;
      bin.push(example);
      if (bin.length === batchSize) expected.push(bin.splice(0));
    }
    const left = bins.flat();
    while (left.length > 0) expected.push(left.splice(0, batchSize));
    const batches = groupedBatches(LENGTHS, batchSize, maxLength, epoch(0));
    const lists = () => Array.from(batches, (batch) => [...batch]);
    assert.deepEqual(lists(), expected);
    batches.shuffle(epoch(1));
    assert.deepEqual(lists(), epoch(1).shuffle(expected));
    assert.equal(batches.length, expected.length);
  }
});

test('grouping saves padding', () => {
  assert.ok(padding(shuffledBatches(LENGTHS, 8, epoch(0))) > 0.4);
  assert.ok(padding(groupedBatches(LENGTHS, 8, 128, epoch(0))) < 0.08);
  assert.ok(padding(lengthSortedBatches(LENGTHS, 8, epoch(0))) < 0.06);
  assert.ok(padding(evaluationBatches(LENGTHS, 8)) < 0.01);
});

test('the batches of an epoch do not run from short to long', () => {
  const batches = ORDERS.lengthSorted(epoch(0));
  const means = batches.map((batch) => batch.reduce((sum, i) => sum + LENGTHS[i]!, 0) / batch.length);
  const rising = means.slice(1).filter((mean, k) => mean > means[k]!).length;
  assert.ok(Math.abs(rising - means.length / 2) < 20, `${rising} of ${means.length}`);
});

test('a batch is padded to its longest sequence and no further', () => {
  const sequences = [
    [2, 10, 3],
    [2, 11, 12, 13, 3],
    [2, 3],
  ];
  const starts = [
    [1, 1, 1],
    [1, 1, 0, 0, 1],
    [1, 1],
  ];
  const source = { at: (i: number) => sequences[i]!, wordStarts: (i: number) => starts[i]! };
  const batch = padBatch(source, [2, 1, 0], 0);
  assert.deepEqual([batch.batchSize, batch.sequenceLength], [3, 5]);
  assert.deepEqual([...batch.ids], [2, 3, 0, 0, 0, 2, 11, 12, 13, 3, 2, 10, 3, 0, 0]);
  assert.deepEqual([...batch.wordStarts], [1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0]);
  assert.deepEqual([...batch.lengths], [2, 5, 3]);
  assert.equal(padBatch(source, [0, 2], 0).sequenceLength, 3);
});
