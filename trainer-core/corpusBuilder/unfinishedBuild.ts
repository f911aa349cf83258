/** A build on its way: what is on the disk and what was counted, always of the same chunks, committed together. */
import { idBytesFor, type ShardPosition, shardName } from '../corpus/shardFiles.js';
import type { InputChunk, InputPosition } from '../documents/inputs.js';
import { TrainerError } from '../protocol/errors.js';
import { type BuildIdentity, differences } from './buildIdentity.js';
import type { BuiltChunk } from './chunkBuilder.js';
import { type Committed, packCounts, readCommitted, unpackCounts, writeCommitted } from './committed.js';
import { HashFile } from './hashFile.js';
import { rawShardName } from './outputFolder.js';
import { type ShardLayout, ShardSet } from './shardSet.js';
import { addKept, addRead, emptyKeptTally, emptyReadTally, type KeptTally, type ReadTally } from './tally.js';

/** Get one from `openBuild`; one call at a time. */
export class UnfinishedBuild {
  readonly identity: BuildIdentity;
  /** Counts of all chunks added. */
  readonly read: ReadTally;
  readonly kept: KeptTally;
  /** How often each id stands in the sequences made: `[V]`. */
  readonly tokenCounts: Float64Array;
  /** After the last chunk added; null before the first. */
  position: InputPosition | null;
  /** Of the input, up to there. */
  readBytes: number;
  /** There are no more chunks; set it and commit. */
  isRead: boolean;
  /** False while there is more on the disk than was counted: then nothing may be committed. */
  private isConsistent = true;

  constructor(
    readonly layout: ShardLayout,
    private readonly shards: ShardSet,
    /** Null where duplicates may stay. */
    private readonly hashes: HashFile | null,
    from: Committed,
  ) {
    this.identity = from.identity;
    this.read = from.read;
    this.kept = { lengths: unpackCounts(from.kept.lengths), pieces: unpackCounts(from.kept.pieces) };
    this.tokenCounts = unpackCounts(from.tokenCounts);
    this.position = from.position;
    this.readBytes = from.readBytes;
    this.isRead = from.isRead;
  }

  /** Adds what was made of the next chunk, of the file with this index. Throws `diskFull`, `folderNotWritable`. */
  async add(chunk: InputChunk, built: BuiltChunk, file: number): Promise<void> {
    this.isConsistent = false;
    await this.shards.append(built);
    if (built.hashes) await this.hashes?.append(built.hashes);
    addRead(this.read, chunk, built, file);
    addKept(this.kept, built);
    for (let id = 0; id < this.tokenCounts.length; id++) this.tokenCounts[id]! += built.tokenCounts[id]!;
    this.position = chunk.next;
    this.readBytes = chunk.readBytes;
    this.isConsistent = true;
  }

  /**
   * Makes all that was added safe from a kill, and gives how much is in each shard. Does nothing after an `add` that failed.
   * Throws `diskFull`, `folderNotWritable`; what was committed before then stands.
   */
  async commit(): Promise<ShardPosition[]> {
    if (!this.isConsistent) return [];
    const { identity, isRead, position, readBytes, read, kept } = this;
    const shards = await this.shards.flush();
    await this.hashes?.flush();
    await writeCommitted(this.layout.folder, {
      identity,
      isRead,
      position,
      readBytes,
      shards,
      read,
      kept: { lengths: packCounts(kept.lengths), pieces: packCounts(kept.pieces) },
      tokenCounts: packCounts(this.tokenCounts),
    });
    return shards;
  }

  async close(): Promise<void> {
    await this.shards.close();
    await this.hashes?.close();
  }
}

/**
 * Opens the build in `folder`, which must be locked, or begins one there.
 * Throws `corpusBuildDiffers` where one of another identity is there, `corpusFileDamaged` where its files have become shorter,
 * `corpusInvalid`, `diskFull`, `folderNotWritable`.
 */
export async function openBuild(
  folder: string,
  identity: BuildIdentity,
  shardTokens?: number,
): Promise<UnfinishedBuild> {
  let committed = await readCommitted(folder);
  const found = committed ? differences(committed.identity, identity) : [];
  if (committed?.position && found.length > 0) {
    throw new TrainerError('corpusBuildDiffers', { folder, isFinished: false, differences: found });
  }
  // A build that was killed before it had read anything is no reason to refuse another.
  if (!committed || found.length > 0) committed = await begin(folder, identity);
  const { dropDuplicates } = identity.settings;
  const layout = {
    folder,
    name: dropDuplicates ? rawShardName : shardName,
    idBytes: idBytesFor(identity.tokenizer.vocabularySize),
    shardTokens,
  };
  const shards = await ShardSet.open(layout, committed.shards);
  try {
    const sequences = committed.shards.reduce((sum, shard) => sum + shard.sequences, 0);
    return new UnfinishedBuild(
      layout,
      shards,
      dropDuplicates ? await HashFile.open(folder, sequences) : null,
      committed,
    );
  } catch (error) {
    await shards.close();
    throw error;
  }
}

/** Says whose folder it is before there is anything else in it. */
async function begin(folder: string, identity: BuildIdentity): Promise<Committed> {
  const { tokenizer, maxSeqLength, sources } = identity;
  const kept = emptyKeptTally(maxSeqLength, tokenizer.vocabularySize);
  const none: Committed = {
    identity,
    isRead: false,
    position: null,
    readBytes: 0,
    shards: [],
    read: emptyReadTally(sources.length),
    kept: { lengths: packCounts(kept.lengths), pieces: packCounts(kept.pieces) },
    tokenCounts: packCounts(kept.pieces),
  };
  await writeCommitted(folder, none);
  return none;
}
