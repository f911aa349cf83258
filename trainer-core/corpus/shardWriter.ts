/** Writes one shard of a corpus, and goes on where a killed process had got to. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { CorpusShard } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import type { SequenceChunk } from './corpus.js';
import { fileDigest } from './fileDigest.js';
import { packFlags } from './flagBits.js';
import { SHARD_FILES, type ShardFile, type ShardPosition, shardPath, shardSizes } from './shardFiles.js';

/** The shard `name` in `folder`; get one from `open`. Its methods wait for one another's end: one call at a time. */
export class ShardWriter {
  /** The bits of the last byte that is not full yet. */
  #lastByte = 0;

  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly idBytes: number,
    private readonly handles: Record<ShardFile, FileHandle>,
    private readonly at: ShardPosition,
  ) {}

  /**
   * Opens a shard with what was in it at `from`, a position that `flush` once gave; all that follows is cut off.
   * Throws the system's errors, and `corpusFileDamaged` when a file is shorter than that.
   */
  static async open(folder: string, name: string, idBytes: 2 | 4, from: ShardPosition): Promise<ShardWriter> {
    const handles: Partial<Record<ShardFile, FileHandle>> = {};
    try {
      for (const file of SHARD_FILES) {
        const path = shardPath(folder, name, file);
        const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
        handles[file] = handle;
        const [expectedBytes, gotBytes] = [shardSizes(from, idBytes)[file], (await handle.stat()).size];
        if (gotBytes < expectedBytes) {
          throw new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'size', expectedBytes, gotBytes });
        }
        await handle.truncate(expectedBytes);
      }
      const writer = new ShardWriter(folder, name, idBytes, handles as Record<ShardFile, FileHandle>, { ...from });
      await writer.#readLastByte();
      return writer;
    } catch (error) {
      for (const handle of Object.values(handles)) await handle.close();
      throw error;
    }
  }

  /** How much lies in the shard; on the disk for sure only after `flush`. */
  get position(): ShardPosition {
    return { ...this.at };
  }

  /** Adds sequences after those that are there. Throws the system's errors. */
  async append({ lengths, ids, wordStarts }: SequenceChunk): Promise<void> {
    const sizes = shardSizes(this.at, this.idBytes);
    if (ids.BYTES_PER_ELEMENT !== this.idBytes) throw new Error(`ids of ${ids.BYTES_PER_ELEMENT} bytes`);
    const free = this.at.tokens & 7;
    const bits = packFlags(wordStarts, free, this.#lastByte);
    await writeAll(this.handles.ids, bytesOf(ids), sizes.ids);
    await writeAll(this.handles.lengths, bytesOf(lengths), sizes.lengths);
    // The byte that two appends share is written by both.
    await writeAll(this.handles.wordStarts, bits, Math.floor(this.at.tokens / 8));
    this.at.sequences += lengths.length;
    this.at.tokens += ids.length;
    this.#lastByte = (this.at.tokens & 7) === 0 ? 0 : (bits.at(-1) ?? this.#lastByte);
  }

  /** Forces all that was added onto the disk, and gives the position at which `open` can go on from it. */
  async flush(): Promise<ShardPosition> {
    for (const file of SHARD_FILES) await this.handles[file].sync();
    return this.position;
  }

  /** Ends the shard: on the disk, closed, and read back for its checksums. Throws the system's errors. */
  async finish(): Promise<CorpusShard> {
    await this.flush();
    await this.close();
    const digest = (file: ShardFile) => fileDigest(shardPath(this.folder, this.name, file));
    const files = {
      ids: await digest('ids'),
      lengths: await digest('lengths'),
      wordStarts: await digest('wordStarts'),
    };
    return { name: this.name, ...this.at, files };
  }

  /** Closes the files without more ado. */
  async close(): Promise<void> {
    for (const file of SHARD_FILES) await this.handles[file].close();
  }

  async #readLastByte(): Promise<void> {
    const used = this.at.tokens & 7;
    if (used === 0) return;
    const byte = new Uint8Array(1);
    await this.handles.wordStarts.read(byte, 0, 1, Math.floor(this.at.tokens / 8));
    // Bits above those that count are from sequences that were cut off.
    this.#lastByte = byte[0]! & ((1 << used) - 1);
    await writeAll(this.handles.wordStarts, Uint8Array.of(this.#lastByte), Math.floor(this.at.tokens / 8));
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function bytesOf(array: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
