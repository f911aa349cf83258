/** Cuts a bzip2 file of several streams into parts that can be unpacked, and read again, each on its own. */
import { readBytes } from './fileBytes.js';

/** A part has at least this size: small enough to be unpacked again when a build goes on, large enough that starting a program costs nothing. */
export const SEGMENT_BYTES = 32 * 1024 * 1024;

/** What a stream that is not empty begins with, after `BZh` and a digit. */
const BLOCK_MAGIC = Buffer.from('1AY&SY', 'latin1');
const HEADER_BYTES = 4;
const START_BYTES = HEADER_BYTES + BLOCK_MAGIC.length;

/** Whether a stream's header stands here: `BZh` and the size of its blocks. */
export function isStreamHeader(bytes: Uint8Array, at: number): boolean {
  const level = bytes[at + 3] ?? 0;
  return bytes[at] === 0x42 && bytes[at + 1] === 0x5a && bytes[at + 2] === 0x68 && level >= 0x31 && level <= 0x39;
}

/** The streams from `start` up to the first one that begins `SEGMENT_BYTES` later, or to the end of the file. */
export class Bzip2Segment {
  /** Where it ends, and whether the file does; known once all was read. */
  end: number | null = null;
  isLast = false;

  constructor(
    readonly file: string,
    readonly start: number,
    private readonly segmentBytes = SEGMENT_BYTES,
  ) {}

  /** Its bytes, from the front each time this is called. Throws what `readBytes` throws. */
  async *pieces(signal: AbortSignal): AsyncGenerator<Buffer> {
    let position = this.start;
    // A stream's start may lie across two pieces, so the last bytes of one are looked at with the next.
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of readBytes(this.file, this.start, signal)) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const next = nextStart(bytes, this.start + this.segmentBytes - position);
      if (next !== null) {
        this.end = position + next;
        yield bytes.subarray(0, next);
        return;
      }
      const kept = Math.min(START_BYTES - 1, bytes.length);
      rest = bytes.subarray(bytes.length - kept);
      position += bytes.length - kept;
      if (bytes.length > kept) yield bytes.subarray(0, bytes.length - kept);
    }
    this.end = position + rest.length;
    this.isLast = true;
    if (rest.length > 0) yield rest;
  }
}

/** The first start of a stream at or after `least`. */
function nextStart(bytes: Buffer, least: number): number | null {
  let at = bytes.indexOf(BLOCK_MAGIC, Math.max(least, 0) + HEADER_BYTES);
  while (at >= 0) {
    if (isStreamHeader(bytes, at - HEADER_BYTES)) return at - HEADER_BYTES;
    at = bytes.indexOf(BLOCK_MAGIC, at + 1);
  }
  return null;
}
