import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Random } from '../corpus/random.js';
import { bytesToRead, findDuplicates } from './duplicates.js';
import { hashSequences } from './sequenceHash.js';

const folder = mkdtempSync(join(tmpdir(), 'duplicates-'));
after(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

/** Sequences of one to three ids of 0 to 19: many of them are alike. */
function manyAlike(count: number) {
  const random = Random.fromSeed(3);
  const lengths = Uint16Array.from({ length: count }, () => 1 + random.below(3));
  const ids = Uint16Array.from({ length: lengths.reduce((sum, n) => sum + n, 0) }, () => random.below(20));
  return { lengths, ids, wordStarts: new Uint8Array(ids.length) };
}

test('the first of the same sequences stays, in however many passes', async () => {
  const count = 150_000;
  const chunk = manyAlike(count);
  const file = join(folder, 'hashes.bin');
  writeFileSync(file, hashSequences(chunk));
  const seen = new Set<string>();
  let at = 0;
  const expected = Array.from(chunk.lengths, (length) => {
    const key = chunk.ids.subarray(at, at + length).join();
    at += length;
    const isSeen = seen.has(key);
    seen.add(key);
    return isSeen;
  });
  assert.ok(seen.size > 5000 && seen.size < 10_000);
  for (const passHashes of [count, 60_000, 7000]) {
    let read = 0;
    const bits = await findDuplicates(file, count, (bytes) => (read += bytes), never, passHashes);
    const found = Array.from({ length: count }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) === 1);
    assert.deepEqual(found, expected, `${passHashes} a pass`);
    assert.equal(read, bytesToRead(count, passHashes));
  }
});

test('sequences hash alike only with the same ids in the same order', () => {
  const hashes = hashSequences({
    lengths: Uint16Array.of(2, 2, 3, 2),
    ids: Uint16Array.of(1, 2, 2, 1, 1, 2, 0, 1, 2),
    wordStarts: Uint8Array.of(1, 0, 1, 1, 1, 1, 1, 1, 1),
  });
  const one = (i: number) => hashes.subarray(4 * i, 4 * i + 4).join();
  assert.equal(one(0), one(3));
  assert.equal(new Set([one(0), one(1), one(2)]).size, 3);
});

test('finding stops when it is told to', async () => {
  const file = join(folder, 'few.bin');
  writeFileSync(file, hashSequences(manyAlike(10)));
  await assert.rejects(
    findDuplicates(file, 10, () => {}, AbortSignal.abort()),
    { name: 'AbortError' },
  );
});
