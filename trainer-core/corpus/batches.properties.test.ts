import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluationBatches, groupedBatches, lengthSortedBatches, shuffledBatches } from './batches.js';
import { Random } from './random.js';

const MAX = 64;
const lengths = fc.array(fc.integer({ min: 3, max: MAX }), { minLength: 1, maxLength: 200 });
const batchSize = fc.integer({ min: 1, max: 17 });
const seed = fc.integer({ min: 0, max: 0xffffffff });

const KINDS = {
  shuffled: shuffledBatches,
  grouped: (of: number[], size: number, random: Random) => groupedBatches(of, size, MAX, random),
  sorted: lengthSortedBatches,
  evaluation: (of: number[], size: number) => evaluationBatches(of, size),
};

for (const [name, batches] of Object.entries(KINDS)) {
  test(`${name}: whatever the lengths, each sequence once, in as few batches as can be, the same for the same seed`, () => {
    fc.assert(
      fc.property(lengths, batchSize, seed, (of, size, start) => {
        const made = [...batches(of, size, Random.fromSeed(start))].map((batch) => [...batch]);
        assert.deepEqual(
          made.flat().sort((a, b) => a - b),
          of.map((_, i) => i),
        );
        assert.equal(made.length, Math.ceil(of.length / size));
        assert.ok(made.filter((batch) => batch.length !== size).length <= 1);
        const again = [...batches(of, size, Random.fromSeed(start))].map((batch) => [...batch]);
        assert.deepEqual(again, made);
      }),
    );
  });
}

test('grouped: a batch filled from one bin spans four lengths, and only as many are mixed as what the bins had left fills', () => {
  fc.assert(
    fc.property(lengths, batchSize, seed, (of, size, start) => {
      const binOf = (i: number) => Math.floor((of[i]! + 1) / 4);
      const mixed = [...groupedBatches(of, size, MAX, Random.fromSeed(start))].filter(
        (batch) => new Set([...batch].map(binOf)).size > 1 || batch.length < size,
      );
      const inBin = new Map<number, number>();
      for (let i = 0; i < of.length; i++) inBin.set(binOf(i), (inBin.get(binOf(i)) ?? 0) + 1);
      const left = [...inBin.values()].reduce((n, count) => n + (count % size), 0);
      assert.ok(mixed.length <= Math.ceil(left / size), `${mixed.length} mixed batches of ${left} left`);
    }),
  );
});
