/** Drops the duplicates of a build that has read all its input: copies the other sequences to shards of their own. */
import { join } from 'node:path';
import type { SequenceChunk } from '../corpus/corpus.js';
import { type ShardPosition, shardName } from '../corpus/shardFiles.js';
import type { CorpusShard } from '../protocol/corpusManifest.js';
import type { OnStage } from '../protocol/jobs.js';
import { bytesToRead, findDuplicates } from './duplicates.js';
import { HASHES_FILE } from './hashFile.js';
import { visitShard } from './shardChunks.js';
import { type ShardLayout, ShardSet } from './shardSet.js';
import { addKept, type KeptTally } from './tally.js';

/**
 * Writes the shards of the corpus from `raw` ones, and counts what is in them. Begins anew each time: what a killed one has
 * written is overwritten with the same.
 * @param kept empty. Throws `diskFull`, `folderNotWritable`, `fileUnreadable`, and an AbortError.
 */
export async function writeUniqueShards(
  layout: ShardLayout,
  raw: readonly ShardPosition[],
  kept: KeptTally,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<CorpusShard[]> {
  const { folder, idBytes } = layout;
  const sequences = raw.reduce((sum, shard) => sum + shard.sequences, 0);
  const idsBytes = raw.reduce((sum, shard) => sum + shard.tokens * idBytes, 0);
  const total = bytesToRead(sequences) + idsBytes;
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onStage({ phase: 'deduplicating', done, total, unit: 'bytes' });
  };
  onBytes(0);
  const duplicates = await findDuplicates(join(folder, HASHES_FILE), sequences, onBytes, signal);
  const unique = await ShardSet.open({ ...layout, name: shardName });
  try {
    let first = 0;
    for (const [number, position] of raw.entries()) {
      await visitShard(folder, layout.name(number), position, idBytes, async (chunk) => {
        signal.throwIfAborted();
        const rest = without(chunk, duplicates, first);
        await unique.append(rest);
        addKept(kept, rest);
        first += chunk.lengths.length;
        onBytes(chunk.ids.byteLength);
      });
    }
  } catch (error) {
    await unique.close();
    throw error;
  }
  return await unique.finish();
}

/** The sequences of a chunk whose bits in `dropped` are 0; the first has the bit number `first`. Uses the chunk's own memory. */
function without({ lengths, ids, wordStarts }: SequenceChunk, dropped: Uint8Array, first: number): SequenceChunk {
  let [count, end, start] = [0, 0, 0];
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    const bit = first + i;
    if (((dropped[Math.floor(bit / 8)]! >>> (bit % 8)) & 1) === 0) {
      ids.copyWithin(end, start, start + length);
      wordStarts.copyWithin(end, start, start + length);
      lengths[count++] = length;
      end += length;
    }
    start += length;
  }
  return { lengths: lengths.subarray(0, count), ids: ids.subarray(0, end), wordStarts: wordStarts.subarray(0, end) };
}
