/** Reads a file of lines from its beginning and then what is added to it, a piece at a time, and notices when it was rewritten. */

import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once: a piece of this size is parsed by the dashboard within a frame. */
const PIECE_BYTES = 256 * 1024;
/** As much of the end of what was read is compared with the file: lines carry the time, so no other line looks like it. */
const MARK_BYTES = 256;

/** Whole lines, in order. `reset`: they start at the file's beginning. `complete`: no whole line after them is on disk now. */
export interface LinesPiece {
  reset: boolean;
  lines: string;
  complete: boolean;
}

/** One reader of one file; it remembers how far it has read. */
export class MetricsTail {
  readonly #file: string;
  readonly #pieceBytes: number;
  /** Bytes of whole lines already given. */
  #position = 0;
  /** The last bytes before `#position`. */
  #mark = Buffer.alloc(0);
  #started = false;

  constructor(file: string, pieceBytes = PIECE_BYTES) {
    this.#file = file;
    this.#pieceBytes = pieceBytes;
  }

  /**
   * Everything that is new since the last call. The first call gives at least one piece, so that it is known when all is there;
   * later ones give nothing when nothing is new. A file that is not there reads as an empty one.
   */
  async *read(): AsyncGenerator<LinesPiece, void, undefined> {
    const handle = await open(this.#file).catch(() => undefined);
    try {
      let reset = !this.#started || (await this.#wasRewritten(handle));
      if (reset) this.#move(0, Buffer.alloc(0));
      this.#started = true;
      const size = handle ? (await handle.stat()).size : 0;
      let incomplete = reset;
      while (handle && this.#position < size) {
        const piece = await this.#nextLines(handle, size);
        if (!piece) break;
        const start = Math.max(0, piece.length - MARK_BYTES);
        this.#move(this.#position + piece.length, Buffer.from(piece.subarray(start)));
        incomplete = this.#position < size;
        yield { reset, lines: piece.toString('utf8'), complete: !incomplete };
        reset = false;
      }
      // That only half a line followed the last piece is found out too late to say so with it.
      if (incomplete) yield { reset, lines: '', complete: true };
    } finally {
      await handle?.close();
    }
  }

  /** The next bytes up to a line's end, at least one line however long it is; undefined when there is no whole line. */
  async #nextLines(handle: FileHandle, size: number): Promise<Buffer | undefined> {
    for (let bytes = this.#pieceBytes; ; bytes *= 2) {
      const buffer = Buffer.alloc(Math.min(bytes, size - this.#position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#position);
      const end = buffer.subarray(0, bytesRead).lastIndexOf('\n');
      if (end >= 0) return buffer.subarray(0, end + 1);
      if (bytesRead < bytes) return undefined;
    }
  }

  async #wasRewritten(handle: FileHandle | undefined): Promise<boolean> {
    if (this.#mark.length === 0) return false;
    if (!handle) return true;
    const before = Buffer.alloc(this.#mark.length);
    const { bytesRead } = await handle.read(before, 0, before.length, this.#position - before.length);
    return bytesRead < before.length || !before.equals(this.#mark);
  }

  #move(position: number, mark: Buffer<ArrayBuffer>): void {
    this.#position = position;
    this.#mark = mark;
  }
}
