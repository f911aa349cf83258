/** Which sequences repeat an earlier one, found from the file of their hashes in memory that does not grow with it. */
import { withInputFile } from '../checkpoint/inputFile.js';
import { HASH_BYTES } from './hashFile.js';
import { HASH_WORDS } from './sequenceHash.js';

/** Hashes that are read at once: 1 MiB. */
const PIECE_HASHES = 2 ** 16;
/** Hashes that the table of a pass is made for: its 2^23 slots take 143 MB. */
const PASS_HASHES = 4_000_000;

/** Hashes that were seen; `add` is true for new ones. Open addressing with linear probing, as full as `capacity` of them make it. */
export class HashSet {
  private readonly slots: Uint32Array;
  private readonly taken: Uint8Array;
  private readonly mask: number;

  constructor(capacity: number) {
    // At most half of the slots are taken, so a free one is never far.
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * capacity)));
    this.slots = new Uint32Array(HASH_WORDS * size);
    this.taken = new Uint8Array(size);
    this.mask = size - 1;
  }

  /** Adds the hash at `hashes[at..at + 4)`; false when it was there. */
  add(hashes: Uint32Array, at: number): boolean {
    const [slots, taken, mask] = [this.slots, this.taken, this.mask];
    let slot = hashes[at + 1]! & mask;
    for (; taken[slot] === 1; slot = (slot + 1) & mask) {
      const there = HASH_WORDS * slot;
      if (
        slots[there] === hashes[at] &&
        slots[there + 1] === hashes[at + 1] &&
        slots[there + 2] === hashes[at + 2] &&
        slots[there + 3] === hashes[at + 3]
      ) {
        return false;
      }
    }
    taken[slot] = 1;
    slots.set(hashes.subarray(at, at + HASH_WORDS), HASH_WORDS * slot);
    return true;
  }
}

/**
 * Reads the hashes of `count` sequences and gives a bit for each, lowest first: 1 where the same hash came before.
 * Goes over the file once for each part of the hashes that fits in memory.
 * @param onBytes told the bytes of each piece read, `bytesToRead` in all. @param passHashes tests have a smaller one.
 */
export async function findDuplicates(
  file: string,
  count: number,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
  passHashes = PASS_HASHES,
): Promise<Uint8Array> {
  const duplicates = new Uint8Array(Math.ceil(count / 8));
  const passes = passesFor(count, passHashes);
  const piece = new Uint32Array(HASH_WORDS * PIECE_HASHES);
  await withInputFile(file, async (input) => {
    for (let pass = 0; pass < passes; pass++) {
      // Hashes fall evenly into the parts, but for a few: the margin is many times their spread.
      const seen = new HashSet(Math.ceil(count / passes) + 8 * Math.ceil(Math.sqrt(count / passes)));
      for (let first = 0; first < count; first += PIECE_HASHES) {
        signal.throwIfAborted();
        const got = Math.min(PIECE_HASHES, count - first);
        await input.readInto(new Uint8Array(piece.buffer, 0, got * HASH_BYTES), first * HASH_BYTES);
        for (let i = 0; i < got; i++) {
          // The first number chooses the pass, the second the slot.
          const isOfPass = Math.floor((piece[HASH_WORDS * i]! / 2 ** 32) * passes) === pass;
          if (isOfPass && !seen.add(piece, HASH_WORDS * i)) {
            duplicates[Math.floor((first + i) / 8)]! |= 1 << ((first + i) % 8);
          }
        }
        onBytes(got * HASH_BYTES);
      }
    }
  });
  return duplicates;
}

/** What `findDuplicates` reads of the hashes of `count` sequences. */
export function bytesToRead(count: number, passHashes = PASS_HASHES): number {
  return passesFor(count, passHashes) * count * HASH_BYTES;
}

function passesFor(count: number, passHashes: number): number {
  return Math.max(1, Math.ceil(count / passHashes));
}
