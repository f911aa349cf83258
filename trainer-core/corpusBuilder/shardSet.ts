/** Consecutive shards: sequences are added at the end, and a shard that is full is followed by the next. */
import { writeError } from '../checkpoint/atomicWrite.js';
import type { SequenceChunk } from '../corpus/corpus.js';
import { SHARD_TOKENS, type ShardPosition, shardPath } from '../corpus/shardFiles.js';
import { ShardWriter } from '../corpus/shardWriter.js';
import type { CorpusShard } from '../protocol/corpusManifest.js';

/** How shards are called and how large they get. */
export interface ShardLayout {
  folder: string;
  /** The name of the shard with this number, counted from 0. */
  name(number: number): string;
  idBytes: 2 | 4;
  /** A shard with this many ids takes no more sequences. Default: SHARD_TOKENS; tests have smaller ones. */
  shardTokens?: number | undefined;
}

const EMPTY: ShardPosition = { sequences: 0, tokens: 0 };

/** The shards of a build; get them from `open`. One call at a time. Throws `diskFull`, `folderNotWritable`, `corpusFileDamaged`. */
export class ShardSet {
  private constructor(
    private readonly layout: ShardLayout,
    /** Those before the last. */
    private readonly full: ShardPosition[],
    private last: ShardWriter,
  ) {}

  /** Opens shards with what was in them at `positions`, which `flush` once gave; all that follows is cut off. */
  static async open(layout: ShardLayout, positions: readonly ShardPosition[] = []): Promise<ShardSet> {
    const full = positions.slice(0, -1);
    // Opened only for the check that they are whole: the work of hours may hang on it.
    for (const [number, position] of full.entries()) await (await openShard(layout, number, position)).close();
    return new ShardSet(layout, full, await openShard(layout, full.length, positions.at(-1) ?? EMPTY));
  }

  /** Adds sequences. The same ones give the same shards, however they come in chunks. */
  async append(chunk: SequenceChunk): Promise<void> {
    const { shardTokens = SHARD_TOKENS } = this.layout;
    const { lengths } = chunk;
    let [first, firstId] = [0, 0];
    while (first < lengths.length) {
      if (this.last.position.tokens >= shardTokens) await this.beginNext();
      const { tokens } = this.last.position;
      let [end, endId] = [first, firstId];
      for (; end < lengths.length && tokens + endId - firstId < shardTokens; end++) endId += lengths[end]!;
      const part = {
        lengths: lengths.subarray(first, end),
        ids: chunk.ids.subarray(firstId, endId),
        wordStarts: chunk.wordStarts.subarray(firstId, endId),
      };
      await writing(this.layout, this.full.length, () => this.last.append(part));
      [first, firstId] = [end, endId];
    }
  }

  /** Forces all that was added onto the disk, and gives the positions at which `open` can go on from it. */
  async flush(): Promise<ShardPosition[]> {
    return [...this.full, await writing(this.layout, this.full.length, () => this.last.flush())];
  }

  /** Ends all shards: on the disk, closed, and read back for their checksums. */
  async finish(): Promise<CorpusShard[]> {
    const positions = await this.flush();
    await this.close();
    const finished: CorpusShard[] = [];
    for (const [number, position] of positions.entries()) {
      const shard = await openShard(this.layout, number, position);
      finished.push(await writing(this.layout, number, () => shard.finish()));
    }
    return finished;
  }

  /** Closes the files without more ado. */
  async close(): Promise<void> {
    await this.last.close();
  }

  private async beginNext(): Promise<void> {
    const positions = await this.flush();
    await this.close();
    const next = await openShard(this.layout, positions.length, EMPTY);
    this.full.push(positions.at(-1)!);
    this.last = next;
  }
}

function openShard(layout: ShardLayout, number: number, position: ShardPosition): Promise<ShardWriter> {
  const { folder, name, idBytes } = layout;
  return writing(layout, number, () => ShardWriter.open(folder, name(number), idBytes, position));
}

/** Runs `work` on a shard, and turns the system's errors into ours. */
async function writing<T>({ folder, name }: ShardLayout, number: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, shardPath(folder, name(number), 'ids'), null);
  }
}
