/** `hashes.bin`: the hashes of all sequences of an unfinished build in order, added to and gone on with as the shards are. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../checkpoint/atomicWrite.js';
import { TrainerError } from '../protocol/errors.js';
import { HASH_WORDS } from './sequenceHash.js';

export const HASHES_FILE = 'hashes.bin';
export const HASH_BYTES = 4 * HASH_WORDS;

export class HashFile {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private sizeBytes: number,
  ) {}

  /** Opens it with the hashes of the first `sequences`; those that follow are cut off. Throws `corpusFileDamaged` when there are fewer. */
  static async open(folder: string, sequences: number): Promise<HashFile> {
    const file = join(folder, HASHES_FILE);
    const expectedBytes = sequences * HASH_BYTES;
    const handle = await writing(file, () => open(file, constants.O_RDWR | constants.O_CREAT));
    try {
      const gotBytes = (await handle.stat()).size;
      if (gotBytes < expectedBytes) {
        throw new TrainerError('corpusFileDamaged', { file, folder, fault: 'size', expectedBytes, gotBytes });
      }
      await writing(file, () => handle.truncate(expectedBytes));
      return new HashFile(file, handle, expectedBytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Throws `diskFull`, `folderNotWritable`. */
  async append({ buffer, byteOffset, byteLength }: Uint32Array): Promise<void> {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (let done = 0; done < bytes.length; ) {
      const write = () => this.handle.write(bytes, done, bytes.length - done, this.sizeBytes + done);
      done += (await writing(this.file, write)).bytesWritten;
    }
    this.sizeBytes += bytes.length;
  }

  /** Forces all that was added onto the disk. Throws `diskFull`, `folderNotWritable`. */
  async flush(): Promise<void> {
    await writing(this.file, () => this.handle.sync());
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, file, null);
  }
}
