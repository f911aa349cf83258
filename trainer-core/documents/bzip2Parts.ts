/** Cuts the bytes of a bzip2 segment at its magics, before anything is unpacked. */
import { type Bzip2MarkKind, findBzip2Marks } from './bzip2Marks.js';

/** No block is longer, packed: 900,000 symbols of at most 20 bits, and its tables. */
const PART_BYTES = 2_300_000;
const MAGIC_BYTES = 7;

/** What lies from one magic to the next, or from the segment's start to the first. */
export interface Bzip2Part {
  kind: Bzip2MarkKind | 'start';
  /** Where it begins and where the next begins (or the segment ends), in bits of the file. */
  bit: number;
  nextBit: number;
  /** From the byte in which it begins to the one in which the next begins; of a part too long for a block only its beginning. */
  bytes: Uint8Array;
  isLast: boolean;
}

/** The parts of the segment that begins at `start`, in order; together they are all of it. */
export async function* bzip2Parts(pieces: AsyncIterable<Buffer>, start: number): AsyncGenerator<Bzip2Part> {
  let part: Pick<Bzip2Part, 'kind' | 'bit'> = { kind: 'start', bit: start * 8 };
  // The bytes from the one in which the part begins; what is beyond PART_BYTES is forgotten but for a magic's length.
  let held: Buffer[] = [];
  let heldBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  let position = start;
  const finished = (nextBit: number, isLast: boolean): Bzip2Part => {
    const first = Math.floor(part.bit / 8);
    const length = Math.min(Math.ceil(nextBit / 8) - first, PART_BYTES);
    return { ...part, nextBit, isLast, bytes: Buffer.concat(held, Math.min(length, heldBytes)) };
  };
  for await (const piece of pieces) {
    const scanned = Buffer.concat([tail, piece]);
    const scannedAt = position - tail.length;
    if (heldBytes < PART_BYTES) {
      held.push(piece);
      heldBytes += piece.length;
    }
    position += piece.length;
    for (const mark of findBzip2Marks(scanned)) {
      const bit = scannedAt * 8 + mark.bit;
      // A magic that ended the bytes looked at before was found then.
      if (bit <= part.bit) continue;
      yield finished(bit, false);
      part = { kind: mark.kind, bit };
      // The magic may have begun in the piece before.
      held = [scanned.subarray(Math.floor(mark.bit / 8))];
      heldBytes = held[0]!.length;
    }
    tail = scanned.subarray(Math.max(0, scanned.length - (MAGIC_BYTES - 1)));
  }
  yield finished(position * 8, true);
}
