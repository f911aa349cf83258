/** Unpacks bzip2 files, by an installed program while all is well, and by our own decoder otherwise. */
import { type BlockDecoders, decoderHere, decoderThreads } from './bzip2Decoders.js';
import { Bzip2Ends } from './bzip2Ends.js';
import { type DecodedPart, joinBlocks } from './bzip2Join.js';
import { bzip2Parts } from './bzip2Parts.js';
import { Bzip2Segment } from './bzip2Segments.js';
import { filterBy } from './program.js';
import type { Unpacked } from './unpacked.js';

/** The longest that one block can become: 900,000 bytes, of which every fifth stands for up to 255 more. */
const BLOCK_TEXT_BYTES = 48 * 1024 * 1024;

/** What unpacks: an installed program if one is named, otherwise, and where it fails, our decoder in so many threads, 1 being this one. */
export interface Bzip2Unpacker {
  program: string | null;
  threads: number;
}

/**
 * Unpacks `file` from `start` on, which is 0 or where a `restart` was. What it gives, apart from how the bytes are cut, does not depend on what
 * unpacks. Throws `fileNotFound`, `fileUnreadable` and the signal's reason.
 */
export async function* unpackBzip2(
  file: string,
  start: number,
  by: Bzip2Unpacker,
  signal: AbortSignal,
  segmentBytes?: number,
): AsyncGenerator<Unpacked> {
  for (let segment = new Bzip2Segment(file, start, segmentBytes); ; ) {
    yield { kind: 'restart', offsetBytes: segment.start };
    for await (const item of unpackSegment(segment, by, signal)) {
      signal.throwIfAborted();
      yield item;
    }
    if (segment.isLast || segment.end === null) return;
    segment = new Bzip2Segment(file, segment.end, segmentBytes);
  }
}

async function* unpackSegment(segment: Bzip2Segment, by: Bzip2Unpacker, signal: AbortSignal): AsyncGenerator<Unpacked> {
  let skip = by.program === null ? 0 : yield* unpackByProgram(segment, by.program, signal);
  if (skip === null) return;
  // What a program gave before it stopped was sound; from there our decoder goes on, past what is damaged.
  const decoders = by.threads > 1 ? decoderThreads(by.threads) : decoderHere();
  for await (const item of decodeSegment(segment, decoders, signal)) {
    if (item.kind !== 'bytes') yield item;
    else if (item.bytes.length > skip) yield { ...item, bytes: item.bytes.subarray(skip) };
    if (item.kind === 'bytes') skip = Math.max(0, skip - item.bytes.length);
  }
}

/** Gives the program's output; the result is null, or after a failure how many bytes of it were given. */
async function* unpackByProgram(
  segment: Bzip2Segment,
  program: string,
  signal: AbortSignal,
): AsyncGenerator<Unpacked, number | null> {
  let readBytes = segment.start;
  const ends = new Bzip2Ends();
  const pieces = async function* () {
    for await (const piece of segment.pieces(signal)) {
      readBytes += piece.length;
      ends.push(piece);
      yield piece;
    }
  };
  // bzip2 writes a block before it has seen its checksum fail, so the last block's worth is held back until it is known to be sound.
  const held: Buffer[] = [];
  let heldBytes = 0;
  let given = 0;
  const output = filterBy(program, ['-dc'], pieces(), signal);
  try {
    for (;;) {
      const next = await output.next();
      if (next.done) {
        if (!next.value.ok || !ends.sound) return given;
        break;
      }
      held.push(next.value);
      heldBytes += next.value.length;
      while (heldBytes - held[0]!.length >= BLOCK_TEXT_BYTES) {
        const bytes = held.shift()!;
        heldBytes -= bytes.length;
        given += bytes.length;
        yield { kind: 'bytes', bytes, readBytes };
      }
    }
  } finally {
    await output.return({ ok: false, said: '' });
  }
  for (const bytes of held) yield { kind: 'bytes', bytes, readBytes };
  return null;
}

async function* decodeSegment(
  segment: Bzip2Segment,
  decoders: BlockDecoders,
  signal: AbortSignal,
): AsyncGenerator<Unpacked> {
  try {
    const parts = bzip2Parts(segment.pieces(signal), segment.start);
    yield* joinBlocks(decodeAhead(parts, decoders), {
      decode: (bytes, startBit) => decoders.decode(bytes, startBit),
      endsFile: () => segment.isLast,
    });
  } finally {
    await decoders.close();
  }
}

/** Unpacks the parts, several at a time, and gives them in their order. */
async function* decodeAhead(
  parts: AsyncIterable<DecodedPart['part']>,
  decoders: BlockDecoders,
): AsyncGenerator<DecodedPart> {
  const queue: Promise<DecodedPart>[] = [];
  for await (const part of parts) {
    const decoded = decodePart(part, decoders);
    // It is awaited in its turn; until then a failure must not count as unhandled.
    decoded.catch(() => {});
    queue.push(decoded);
    if (queue.length >= decoders.ahead) yield await queue.shift()!;
  }
  for (const decoded of queue) yield await decoded;
}

async function decodePart(part: DecodedPart['part'], decoders: BlockDecoders): Promise<DecodedPart> {
  return { part, block: part.kind === 'block' ? await decoders.decode(part.bytes, part.bit % 8) : null };
}
