/** Hashes of sequences: alike for the same ids, and only for them. */
import { createHash } from 'node:crypto';
import type { SequenceChunk } from '../corpus/corpus.js';

/** A hash is the first 128 bits of SHA-256, as four numbers: the chance that two of 10⁹ different sequences have the same is 10⁻²¹. */
export const HASH_WORDS = 4;

/** The hashes of sequences one after another: `[4 · sequences]`. */
export function hashSequences({ lengths, ids }: SequenceChunk): Uint32Array {
  const hashes = new Uint32Array(HASH_WORDS * lengths.length);
  let start = 0;
  for (let i = 0; i < lengths.length; i++) {
    const end = start + lengths[i]!;
    const digest = createHash('sha256').update(ids.subarray(start, end)).digest();
    for (let k = 0; k < HASH_WORDS; k++) hashes[HASH_WORDS * i + k] = digest.readUInt32LE(4 * k);
    start = end;
  }
  return hashes;
}
