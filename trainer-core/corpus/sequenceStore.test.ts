import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SequenceStoreBuilder } from './sequenceStore.js';

test('the store gives back what was put in, through all growths', () => {
  const builder = new SequenceStoreBuilder(40_000);
  const sequence = (i: number) => Array.from({ length: 1 + (i % 200) }, (_, k) => (i * 31 + k * 7) % 40_000);
  const starts = (i: number) => sequence(i).map((id) => (id % 3) & 1);
  for (let i = 0; i < 3000; i++) builder.add(sequence(i), starts(i));
  const store = builder.build();
  assert.equal(store.length, 3000);
  for (let i = 0; i < 3000; i++) {
    assert.deepEqual([...store.at(i)], sequence(i));
    assert.deepEqual([...store.wordStarts(i)], starts(i));
  }
  assert.equal(
    store.tokens,
    Array.from(store.lengths).reduce((sum, length) => sum + length, 0),
  );
});
