/** Streams the lines of a UTF-8 text file (plain or `.gz`) in bounded memory, checking every byte against RFC 3629. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { TrainerError } from '../protocol/errors.js';
import { readError } from './readError.js';

/** The longest line that is taken for text, in bytes without its line end: 4 MiB, far above any paragraph. */
export const LINE_LIMIT_BYTES = 4 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One line without its line end, and its number counted from 1. */
export interface TextLine {
  text: string;
  line: number;
}

/**
 * Cuts a stream of bytes into lines: LF or CR LF ends a line, a byte order mark at the start is dropped.
 * Throws `invalidUtf8` or `lineTooLong` with the line's exact number, and at the end `fileEmpty` when there was nothing but white space.
 * Holds no more than one line and the chunk at hand.
 */
export class LineDecoder {
  private line = 0;
  private anyText = false;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  /** Where the line at hand begins. */
  private offset = 0;

  /** `file` is only named in errors; `limitBytes` is the longest line allowed. */
  constructor(
    private readonly file: string,
    private readonly limitBytes = LINE_LIMIT_BYTES,
  ) {}

  /** Gives the lines that this chunk completes. The chunk may be reused only after all of them were taken. */
  *push(chunk: Buffer): Generator<TextLine> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield this.take(chunk.subarray(start, end));
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
  }

  /** Gives the last line when no line feed ends it. */
  *rest(): Generator<TextLine> {
    if (this.pendingBytes > 0) yield this.take(Buffer.alloc(0));
  }

  /** As `rest`, then throws `fileEmpty` if there was nothing but white space. */
  *end(): Generator<TextLine> {
    yield* this.rest();
    if (!this.anyText) throw new TrainerError('fileEmpty', { file: this.file });
  }

  private keep(rest: Buffer): void {
    if (rest.length === 0) return;
    // One byte of grace, for a carriage return at the end of a line does not count.
    this.checkLength(this.pendingBytes + rest.length - 1);
    this.pending.push(rest);
    this.pendingBytes += rest.length;
  }

  private take(last: Buffer): TextLine {
    let bytes = this.pendingBytes === 0 ? last : Buffer.concat([...this.pending, last]);
    this.pending = [];
    this.pendingBytes = 0;
    const begin = this.offset;
    this.offset += bytes.length + 1;
    if (bytes.at(-1) === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
    this.checkLength(bytes.length);
    this.line += 1;
    if (!isUtf8(bytes)) {
      const offsetBytes = begin + validBytes(bytes);
      throw new TrainerError('invalidUtf8', { file: this.file, line: this.line, offsetBytes });
    }
    const text = bytes.toString('utf8', this.line === 1 && startsWithByteOrderMark(bytes) ? 3 : 0);
    this.anyText ||= text.trim() !== '';
    return { text, line: this.line };
  }

  private checkLength(bytes: number): void {
    if (bytes <= this.limitBytes) return;
    throw new TrainerError('lineTooLong', { file: this.file, line: this.line + 1, limitBytes: this.limitBytes });
  }
}

/**
 * Streams the lines of a text file; a name that ends in `.gz` is unpacked on the way. `onRead` is told how many bytes of the file
 * have been read, before the lines that they complete are given.
 * Throws `fileNotFound`, `fileUnreadable`, and all that LineDecoder throws.
 */
export async function* readTextLines(
  file: string,
  limitBytes = LINE_LIMIT_BYTES,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<TextLine> {
  const source = createReadStream(file);
  const unpacked = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  // `pipe` does not forward errors, and an unpacker that never ends would leave the reader waiting.
  if (unpacked !== source) source.on('error', (error) => unpacked.destroy(error));
  try {
    yield* decodeLines(unpacked, file, limitBytes, () => onRead(source.bytesRead));
  } catch (error) {
    throw readError(error, file);
  } finally {
    source.destroy();
  }
}

/** The lines of a stream that errors call `name`. `onRead` is told its bytes so far. Throws all that LineDecoder throws. */
export async function* decodeLines(
  stream: AsyncIterable<Buffer>,
  name: string,
  limitBytes = LINE_LIMIT_BYTES,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<TextLine> {
  const decoder = new LineDecoder(name, limitBytes);
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    onRead(bytes);
    yield* decoder.push(chunk);
  }
  yield* decoder.end();
}

/** How many bytes at the start are whole UTF-8, of bytes that are not. */
function validBytes(bytes: Buffer): number {
  let [low, high] = [0, bytes.length];
  // A prefix is fit when it is UTF-8 or only breaks off within a character; fitness is lost once.
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isPrefix(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  while (!isUtf8(bytes.subarray(0, low))) low -= 1;
  return low;
}

/** Whether more bytes could make this UTF-8. */
function isPrefix(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function startsWithByteOrderMark(bytes: Buffer): boolean {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
