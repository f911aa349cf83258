/** Reads a file from front to back, in pieces of memory of their own; or only how it begins. */
import { open } from 'node:fs/promises';
import { readError } from '../corpus/readError.js';

const PIECE_BYTES = 256 * 1024;

/** The bytes of `file` from `start` on. Throws `fileNotFound`, `fileUnreadable` and the signal's reason. */
export async function* readBytes(file: string, start: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r').catch((error) => {
    throw readError(error, file);
  });
  try {
    for (let position = start; ; ) {
      signal.throwIfAborted();
      const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, position).catch((error) => {
        throw readError(error, file);
      });
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** The first `count` bytes of a file as they lie on the disk, or all it has. Throws `fileNotFound` and `fileUnreadable`. */
export async function headBytes(file: string, count: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(count), 0, count, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(error, file);
  }
}
