/** The sequences of a corpus folder, read where they lie: memory holds two bytes a sequence, whatever its ids take. */

import { closeSync, openSync, readSync } from 'node:fs';
import { TrainerError } from '../protocol/errors.js';
import { unpackFlags } from './flagBits.js';
import { LengthSums } from './lengthSums.js';
import { readError } from './readError.js';
import type { SequenceStore } from './sequenceStore.js';
import { type ShardFile, type ShardPosition, shardPath } from './shardFiles.js';

/** A shard and its open files. */
interface OpenShard extends ShardPosition {
  /** Sequences and ids of the shards before. */
  before: ShardPosition;
  ids: number;
  wordStarts: number;
  /** For errors. */
  path(file: ShardFile): string;
}

/** A store that has files open: close it. */
export interface StoredSequences extends SequenceStore {
  close(): void;
}

/**
 * Opens the shards of a corpus. `at` and `wordStarts` give memory of their own. Throws `fileNotFound` and `fileUnreadable`, when
 * it opens and when it reads.
 */
export function openSequences(
  folder: string,
  shards: readonly (ShardPosition & { name: string })[],
  idBytes: 2 | 4,
): StoredSequences {
  const sum = (key: keyof ShardPosition) => shards.reduce((total, shard) => total + shard[key], 0);
  const lengths = new Uint16Array(sum('sequences'));
  const opened: OpenShard[] = [];
  const descriptors: number[] = [];
  const close = () => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  const openFile = (path: string): number => {
    const descriptor = openInput(path);
    descriptors.push(descriptor);
    return descriptor;
  };
  const before = { sequences: 0, tokens: 0 };
  try {
    for (const { name, sequences, tokens } of shards) {
      const path = (file: ShardFile) => shardPath(folder, name, file);
      readWhole(path('lengths'), lengths.subarray(before.sequences, before.sequences + sequences));
      const ids = openFile(path('ids'));
      opened.push({ sequences, tokens, before: { ...before }, ids, wordStarts: openFile(path('wordStarts')), path });
      before.sequences += sequences;
      before.tokens += tokens;
    }
  } catch (error) {
    close();
    throw error;
  }
  const sums = new LengthSums(lengths);

  /** The shard of sequence `i`, and where in it the sequence begins, in ids. */
  const find = (i: number): { shard: OpenShard; start: number } => {
    let at = 0;
    while (i >= opened[at]!.before.sequences + opened[at]!.sequences) at += 1;
    const shard = opened[at]!;
    return { shard, start: sums.before(i) - shard.before.tokens };
  };

  return {
    length: lengths.length,
    tokens: before.tokens,
    lengths,
    at(i) {
      const { shard, start } = find(i);
      const ids = idBytes === 2 ? new Uint16Array(lengths[i]!) : new Uint32Array(lengths[i]!);
      readInto(shard.ids, shard.path('ids'), ids, start * idBytes);
      return ids;
    },
    wordStarts(i) {
      const { shard, start } = find(i);
      const count = lengths[i]!;
      const first = start >>> 3;
      const bits = new Uint8Array(((start + count + 7) >>> 3) - first);
      readInto(shard.wordStarts, shard.path('wordStarts'), bits, first);
      return unpackFlags(bits, start & 7, count);
    },
    close,
  };
}

/** Opens a file to read. Throws `fileNotFound`, `fileUnreadable`. */
export function openInput(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw readError(error, path);
  }
}

function readWhole(path: string, target: Uint16Array): void {
  const descriptor = openInput(path);
  try {
    readInto(descriptor, path, target, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** Largest single read: Node refuses reads of 2 GiB and more. */
const READ_BYTES = 2 ** 30;

/** Fills `target` with what begins at byte `position`. Throws `fileUnreadable`, also where the file ends before. */
export function readInto(
  descriptor: number,
  path: string,
  target: Uint8Array | Uint16Array | Uint32Array,
  position: number,
): void {
  for (let done = 0; done < target.byteLength; ) {
    const piece = new Uint8Array(
      target.buffer,
      target.byteOffset + done,
      Math.min(READ_BYTES, target.byteLength - done),
    );
    let got: number;
    try {
      got = readSync(descriptor, piece, 0, piece.length, position + done);
    } catch (error) {
      throw readError(error, path);
    }
    if (got === 0) throw new TrainerError('fileUnreadable', { file: path, reason: `ends at byte ${position + done}` });
    done += got;
  }
}
