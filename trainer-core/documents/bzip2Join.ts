/**
 * Joins the blocks of a bzip2 segment again, and finds what is damaged: each block has to begin where the one before ended, and the checksums of
 * blocks and streams have to hold. A damaged block is left out; the next magic, wherever it stands, begins the next block.
 */
import { type Bzip2Block, chainedCrc } from './bzip2Block.js';
import type { Bzip2Part } from './bzip2Parts.js';
import { isStreamHeader } from './bzip2Segments.js';
import type { Unpacked } from './unpacked.js';

/** A part and, where it begins with a block's magic, what unpacking gave. */
export interface DecodedPart {
  part: Bzip2Part;
  block: Bzip2Block | null;
}

export interface JoinOptions {
  /** Unpacks a block again, when a part turns out to end too soon. */
  decode(bytes: Uint8Array, startBit: number): Promise<Bzip2Block>;
  /** Whether the segment's end is the file's. */
  endsFile(): boolean;
}

/** What the parts of a segment give. */
export async function* joinBlocks(
  parts: AsyncIterable<DecodedPart>,
  options: JoinOptions,
): AsyncGenerator<Unpacked, void> {
  const joiner = new Joiner(options);
  let held: DecodedPart | null = null;
  for await (const next of parts) {
    // By chance a magic can stand inside a block: then the two parts are one block.
    if (held !== null) {
      const whole = await joiner.together(held.part, next.part);
      if (whole !== null) {
        held = null;
        yield* joiner.take(whole);
        continue;
      }
      yield* joiner.take(held);
    }
    held = next.block?.state === 'short' && !next.part.isLast ? next : null;
    if (held === null) yield* joiner.take(next);
  }
}

class Joiner {
  /** Where the next thing begins, in bits; null after damage, when it is wherever the next magic stands. */
  #expected: number | null = null;
  #streamCrc = 0;
  /** Whether nothing of this stream was lost, so that its checksum has to hold. */
  #streamSound = false;

  constructor(private readonly options: JoinOptions) {}

  /** The two parts as one block, if they are. */
  async together(first: Bzip2Part, second: Bzip2Part): Promise<DecodedPart | null> {
    const firstBytes = Math.floor(first.nextBit / 8) - Math.floor(first.bit / 8);
    const bytes = Buffer.concat([first.bytes.subarray(0, firstBytes), second.bytes]);
    const block = await this.options.decode(bytes, first.bit % 8);
    if (block.state !== 'ok') return null;
    return { part: { ...second, kind: 'block', bit: first.bit, bytes }, block };
  }

  *take({ part, block }: DecodedPart): Generator<Unpacked> {
    if (part.kind === 'start') {
      yield* this.#afterStream(part, part.bit);
      return;
    }
    if (this.#expected !== null && part.bit !== this.#expected) {
      if (part.bit < this.#expected) return;
      yield this.#damaged(this.#expected);
    }
    if (block !== null) yield* this.#takeBlock(part, block);
    else yield* this.#takeEnd(part);
  }

  *#takeBlock(part: Bzip2Part, block: Bzip2Block): Generator<Unpacked> {
    if (block.state === 'ok') {
      this.#streamCrc = chainedCrc(this.#streamCrc, block.crc);
      // The block's bits were counted from the byte in which it begins.
      this.#expected = Math.floor(part.bit / 8) * 8 + block.endBit;
      yield { kind: 'bytes', bytes: block.bytes, readBytes: Math.floor(this.#expected / 8) };
      if (part.isLast) yield this.#brokenOff(this.#expected);
    } else if (part.isLast && block.state === 'short') {
      yield this.#brokenOff(part.bit);
    } else {
      yield this.#damaged(part.bit);
      if (part.isLast) yield this.#brokenOff(part.nextBit);
    }
  }

  *#takeEnd(part: Bzip2Part): Generator<Unpacked> {
    const crcBit = part.bit + 48;
    if (crcBit + 32 > part.nextBit) {
      yield part.isLast ? this.#brokenOff(part.bit) : this.#damaged(part.bit);
      return;
    }
    const stored = bits32(part.bytes, crcBit - Math.floor(part.bit / 8) * 8);
    if (this.#streamSound && stored !== (this.#streamCrc | 0)) yield this.#damaged(part.bit);
    yield* this.#afterStream(part, Math.ceil((crcBit + 32) / 8) * 8);
  }

  /** What follows a stream: the header of another, nothing, or what does not belong there. `bit` is the first of a byte. */
  *#afterStream(part: Bzip2Part, bit: number): Generator<Unpacked> {
    this.#streamCrc = 0;
    const at = bit / 8 - Math.floor(part.bit / 8);
    const isHeader = isStreamHeader(part.bytes, at);
    if (!part.isLast) {
      this.#streamSound = isHeader && bit + 32 === part.nextBit;
      this.#expected = this.#streamSound ? part.nextBit : null;
      if (!this.#streamSound) yield { kind: 'fault', fault: 'damagedBlock', offsetBytes: bit / 8 };
      return;
    }
    const rest = Buffer.from(part.bytes.subarray(at, at + 3)).toString('latin1');
    if (rest === '') return;
    if (isHeader || (part.kind === 'end' && 'BZh'.startsWith(rest))) yield this.#brokenOff(bit);
    // What else follows the last stream is passed over, as bzip2 does: tapes and some downloads end with zeros.
    else if (part.kind === 'start' || !this.options.endsFile()) yield this.#damaged(bit);
  }

  #damaged(bit: number): Unpacked {
    this.#streamSound = false;
    this.#expected = null;
    return { kind: 'fault', fault: 'damagedBlock', offsetBytes: Math.floor(bit / 8) };
  }

  #brokenOff(bit: number): Unpacked {
    if (!this.options.endsFile()) return this.#damaged(bit);
    return { kind: 'fault', fault: 'truncated', offsetBytes: Math.floor(bit / 8) };
  }
}

function bits32(bytes: Uint8Array, bit: number): number {
  let value = 0;
  for (let index = 0; index < 32; index++) {
    const at = bit + index;
    value = (value << 1) | ((bytes[at >>> 3]! >>> (7 - (at & 7))) & 1);
  }
  return value;
}
