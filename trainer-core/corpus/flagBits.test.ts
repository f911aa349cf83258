import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packFlags, unpackFlags } from './flagBits.js';

test('bits are lowest first, after those that are used', () => {
  assert.deepEqual([...packFlags(Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 0, 1))], [0b1101, 1]);
  assert.deepEqual([...packFlags(Uint8Array.of(1, 0, 1), 6, 0b10_0001)], [0b0110_0001, 1]);
  assert.deepEqual([...unpackFlags(Uint8Array.of(0b0110_0001, 1), 6, 3)], [1, 0, 1]);
});

test('flags come back, wherever they begin', () => {
  for (let used = 0; used < 8; used++) {
    const flags = Uint8Array.from({ length: 37 }, (_, k) => ((k * k * 7 + used) % 3 === 0 ? 1 : 0));
    assert.deepEqual(unpackFlags(packFlags(flags, used, 0xff >>> (8 - used)), used, flags.length), flags);
  }
});
