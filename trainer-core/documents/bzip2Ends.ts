/** Watches the bytes that a program unpacks for what it would pass over without a word: whatever follows a stream and is no stream. */
import { findBzip2Marks } from './bzip2Marks.js';
import { isStreamHeader } from './bzip2Segments.js';

/** A stream's end: its magic and its checksum, in bits. */
const END_BITS = 48 + 32;
/** Enough of the bytes before for an end and the header after it to be seen whole. */
const KEPT_BYTES = 16;

/** Sees a segment's bytes, piece by piece. */
export class Bzip2Ends {
  #tail: Buffer = Buffer.alloc(0);
  #lastBit = -1;
  /** Where, after the stream's end seen last, the next header or the segment's end has to be. */
  #next: number | null = null;
  #position = 0;
  #sound = true;

  push(piece: Buffer): void {
    const bytes = Buffer.concat([this.#tail, piece]);
    const start = this.#position - this.#tail.length;
    this.#position += piece.length;
    this.#checkHeader(bytes, start);
    for (const mark of findBzip2Marks(bytes)) {
      const bit = start * 8 + mark.bit;
      if (mark.kind !== 'end' || bit <= this.#lastBit) continue;
      if (this.#next !== null) this.#sound = false;
      this.#lastBit = bit;
      this.#next = Math.ceil((bit + END_BITS) / 8);
      this.#checkHeader(bytes, start);
    }
    this.#tail = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES));
  }

  /** Whether streams followed each other without a gap, up to the end of what was seen. */
  get sound(): boolean {
    return this.#sound && this.#next === this.#position;
  }

  #checkHeader(bytes: Buffer, start: number): void {
    if (this.#next === null || this.#next + 4 > this.#position) return;
    if (!isStreamHeader(bytes, this.#next - start)) this.#sound = false;
    this.#next = null;
  }
}
