/** Reads the shards of a corpus from front to back in chunks of whole sequences. */
import { withInputFile } from '../checkpoint/inputFile.js';
import type { SequenceChunk } from '../corpus/corpus.js';
import { unpackFlags } from '../corpus/flagBits.js';
import { LENGTH_BYTES, type ShardPosition, shardPath } from '../corpus/shardFiles.js';

/** Sequences in a chunk. */
const CHUNK_SEQUENCES = 4096;

/** Gives all sequences of a shard to `visit`, in order. Throws `fileNotFound`, `fileUnreadable` and what `visit` throws. */
export async function visitShard(
  folder: string,
  name: string,
  { sequences }: ShardPosition,
  idBytes: 2 | 4,
  visit: (chunk: SequenceChunk) => Promise<void>,
): Promise<void> {
  const [idsPath, lengthsPath, bitsPath] = (['ids', 'lengths', 'wordStarts'] as const).map((file) =>
    shardPath(folder, name, file),
  ) as [string, string, string];
  await withInputFile(idsPath, (idsFile) =>
    withInputFile(lengthsPath, (lengthsFile) =>
      withInputFile(bitsPath, async (bitsFile) => {
        let start = 0;
        for (let first = 0; first < sequences; first += CHUNK_SEQUENCES) {
          const lengths = new Uint16Array(Math.min(CHUNK_SEQUENCES, sequences - first));
          await lengthsFile.readInto(bytesOf(lengths), first * LENGTH_BYTES);
          const end = lengths.reduce((sum, length) => sum + length, start);
          const ids = idBytes === 2 ? new Uint16Array(end - start) : new Uint32Array(end - start);
          await idsFile.readInto(bytesOf(ids), start * idBytes);
          const firstByte = Math.floor(start / 8);
          const bits = await bitsFile.read(firstByte, Math.ceil(end / 8) - firstByte);
          await visit({ lengths, ids, wordStarts: unpackFlags(bits, start & 7, ids.length) });
          start = end;
        }
      }),
    ),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
