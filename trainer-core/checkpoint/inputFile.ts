/** Positioned reading of one file, of any size, with the trainer's own errors. */
import { type FileHandle, open } from 'node:fs/promises';
import { TrainerError } from '../protocol/errors.js';
import { elementType, type StoredDType } from './storedDType.js';

/** Largest single read: Node refuses reads of 2 GiB and more. */
const READ_BYTES = 64 * 1024 * 1024;
/** Converted elements pass through a buffer small enough to stay in the cache. */
const CONVERT_BYTES = 1024 * 1024;

/** A file opened for reading; get one from `withInputFile`. */
export class InputFile {
  constructor(
    readonly path: string,
    readonly sizeBytes: number,
    private readonly handle: FileHandle,
  ) {}

  /** Fills `target` from `position` on. Throws `fileUnreadable` when the file ends first. */
  async readInto(target: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < target.length) {
      const length = Math.min(READ_BYTES, target.length - done);
      const { bytesRead } = await this.handle.read(target, done, length, position + done);
      if (bytesRead === 0) {
        throw new TrainerError('fileUnreadable', { file: this.path, reason: `ends at byte ${position + done}` });
      }
      done += bytesRead;
    }
  }

  /** The `length` bytes at `position`, in memory of their own. */
  async read(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.readInto(bytes, position);
    return bytes;
  }

  /** Fills `out` with the `out.length` elements of type `dtype` that begin at `position`. Little-endian, as every host of ours is. */
  async readFloats(position: number, dtype: StoredDType, out: Float32Array): Promise<void> {
    if (dtype === 'F32') {
      await this.readInto(new Uint8Array(out.buffer, out.byteOffset, out.byteLength), position);
      return;
    }
    const type = elementType(dtype);
    const chunkElements = Math.min(out.length, CONVERT_BYTES / type.bytes);
    const chunk = new ArrayBuffer(chunkElements * type.bytes);
    for (let start = 0; start < out.length; start += chunkElements) {
      const end = Math.min(start + chunkElements, out.length);
      await this.readInto(new Uint8Array(chunk, 0, (end - start) * type.bytes), position + start * type.bytes);
      type.decode(chunk, out.subarray(start, end));
    }
  }
}

/** Opens `path`, hands it to `use` and closes it. Throws `fileNotFound` or `fileUnreadable`, and what `use` throws. */
export async function withInputFile<T>(path: string, use: (file: InputFile) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new TrainerError('fileUnreadable', { file: path, reason: 'not a file' });
    return await use(new InputFile(path, stats.size, handle));
  } catch (error) {
    throw readError(error, path);
  } finally {
    await handle?.close();
  }
}

/** Turns the system's error from reading `file` into `fileNotFound` or `fileUnreadable`; other errors pass unchanged. */
export function readError(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null;
  if (code === null) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new TrainerError('fileNotFound', { file }, { cause: error });
  return new TrainerError('fileUnreadable', { file, reason: code }, { cause: error });
}
