/** Unpacks gzip and Zstandard by Node's zlib. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { TrainerError } from '../protocol/errors.js';
import { readBytes } from './fileBytes.js';
import type { Unpacked } from './unpacked.js';

/** A decoder of zlib; `bytesWritten` is how much of what was written it has used. */
type ZlibDecoder = Transform & { readonly bytesWritten: number };

/** The decoder of Zstandard, which Node has from 22.15 on. */
export const createZstdDecompress = (zlib as { createZstdDecompress?: () => ZlibDecoder }).createZstdDecompress;

/**
 * Unpacks `file`, all members or frames of it. All that could be made of a file that breaks off is given before `truncated`.
 * Throws `packedFileDamaged` for what is damaged otherwise, `fileNotFound`, `fileUnreadable`, and the signal's reason.
 */
export async function* unpackZlib(
  file: string,
  compression: 'gz' | 'zst',
  signal: AbortSignal,
): AsyncGenerator<Unpacked> {
  const create = compression === 'gz' ? zlib.createGunzip : createZstdDecompress!;
  let decoder = new Decoding(create());
  let position = 0;
  const given = (bytes: Buffer): Unpacked => ({ kind: 'bytes', bytes, readBytes: position });
  try {
    for await (const piece of readBytes(file, 0, signal)) {
      position += piece.length;
      for (let rest = piece; rest.length > 0; ) {
        const used = await decoder.write(rest);
        yield* decoder.made().map(given);
        // gzip's members are one stream to zlib. A frame of Zstandard is the end of one: what follows it is for another decoder.
        if (compression === 'gz' || used === rest.length) break;
        rest = rest.subarray(used);
        if (decoder.failure !== null) break;
        decoder.destroy();
        decoder = new Decoding(create());
      }
      if (decoder.failure !== null) break;
    }
    await decoder.end();
    yield* decoder.made().map(given);
    if (decoder.failure === null) return;
    if (decoder.failure.code !== 'Z_BUF_ERROR') {
      throw new TrainerError('packedFileDamaged', { file, offsetBytes: position }, { cause: decoder.failure });
    }
    yield { kind: 'fault', fault: 'truncated', offsetBytes: position };
  } finally {
    decoder.destroy();
  }
}

/** One decoder's stream. What it makes is taken as it comes: an async iterator would lose what is buffered when an error comes. */
class Decoding {
  failure: NodeJS.ErrnoException | null = null;
  #made: Buffer[] = [];
  readonly #over: Promise<void>;

  constructor(private readonly decoder: ZlibDecoder) {
    decoder.on('data', (bytes: Buffer) => this.#made.push(bytes));
    this.#over = new Promise((resolve) => {
      decoder.on('end', resolve);
      decoder.on('error', (error) => {
        this.failure = error;
        resolve();
      });
    });
  }

  /** Gives how many bytes were used. */
  async write(bytes: Buffer): Promise<number> {
    const before = this.decoder.bytesWritten;
    const written = new Promise<void>((resolve) => this.decoder.write(bytes, () => resolve()));
    await Promise.race([written, this.#over]);
    return this.decoder.bytesWritten - before;
  }

  /** What was made since this was asked last. */
  made(): Buffer[] {
    return this.#made.splice(0);
  }

  async end(): Promise<void> {
    if (this.failure === null) this.decoder.end();
    await this.#over;
  }

  destroy(): void {
    this.decoder.destroy();
  }
}
