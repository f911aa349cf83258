import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING } from './topPredictions.js';
import { decodeRecord, encodeRecord, recordBytes } from './topRecord.js';

const LOGS = [0.5, 0.25, 0.25].map(Math.log);
const rows = {
  pieces: Int32Array.of(31_999, 5, 0, 65_535),
  logProbabilities: Float32Array.of(...LOGS, Math.log(0.9), Math.log(0.1), Number.NEGATIVE_INFINITY),
};

for (const idBytes of [2, 4] as const) {
  test(`ids of ${idBytes} bytes and log-probabilities come back, to float16, and sum to 1`, () => {
    const layout = { k: 2, idBytes };
    const large = idBytes === 4 ? { ...rows, pieces: Int32Array.of(70_000, 5, 0, 2 ** 30) } : rows;
    const record = encodeRecord(layout, 7, large) as Uint8Array<ArrayBuffer>;
    assert.equal(record.length, recordBytes(layout, 2));
    assert.equal(record.length, 4 * idBytes + 6 * 2 + 4);
    const back = decodeRecord(layout, 7, record)!;
    assert.deepEqual(back.pieces, large.pieces);
    back.logProbabilities.forEach((x, i) => {
      const expected = Math.max(large.logProbabilities[i]!, NOTHING);
      assert.ok(Math.abs(x - expected) <= 2 ** -11 * Math.max(1, Math.abs(expected)), `${x} instead of ${expected}`);
    });
    for (const row of [back.logProbabilities.subarray(0, 3), back.logProbabilities.subarray(3)]) {
      const sum = row.reduce((total, x) => total + Math.exp(x), 0);
      assert.ok(Math.abs(sum - 1) < 1e-6, `sums to ${sum}`);
    }
  });
}

test('every byte that is changed, and the record of another sequence, are noticed', () => {
  const layout = { k: 2, idBytes: 2 } as const;
  const record = encodeRecord(layout, 7, rows) as Uint8Array<ArrayBuffer>;
  assert.equal(decodeRecord(layout, 8, record), null);
  for (let at = 0; at < record.length; at++) {
    const damaged = record.slice();
    damaged[at]! ^= 1;
    assert.equal(decodeRecord(layout, 7, damaged), null, `byte ${at}`);
  }
});

test('a sequence without rows has a record too', () => {
  const layout = { k: 64, idBytes: 2 } as const;
  const none = { pieces: new Int32Array(0), logProbabilities: new Float32Array(0) };
  const record = encodeRecord(layout, 0, none) as Uint8Array<ArrayBuffer>;
  assert.equal(record.length, recordBytes(layout, 0));
  assert.deepEqual(decodeRecord(layout, 0, record), none);
});
