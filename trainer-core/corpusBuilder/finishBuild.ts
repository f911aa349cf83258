/** Makes a corpus of a build that has read all its input: duplicates dropped, checksums, token counts, and last the manifest. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import type { ShardPosition } from '../corpus/shardFiles.js';
import { encodeTokenCounts } from '../corpus/tokenCounts.js';
import type { InputFile } from '../documents/inputs.js';
import {
  CORPUS_FILE,
  CORPUS_VERSION,
  COUNTS_FILE,
  type CorpusManifest,
  corpusManifest,
  VOCABULARY_FILE,
} from '../protocol/corpusManifest.js';
import type { OnStage } from '../protocol/jobs.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import { clearTemporary } from './outputFolder.js';
import { ShardSet } from './shardSet.js';
import { emptyKeptTally, keptSequences, reportOf } from './tally.js';
import type { UnfinishedBuild } from './unfinishedBuild.js';
import { writeUniqueShards } from './uniqueShards.js';

/**
 * Finishes the build, which must be committed and closed; killed, it can be called again.
 * Throws `diskFull`, `folderNotWritable`, and an AbortError.
 */
export async function finishBuild(
  build: UnfinishedBuild,
  positions: readonly ShardPosition[],
  files: readonly InputFile[],
  vocabulary: Vocabulary,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<CorpusManifest> {
  const { identity, layout, read, kept: made } = build;
  const { settings, maxSeqLength, tokenizer } = identity;
  const { folder, idBytes } = layout;
  const kept = settings.dropDuplicates ? emptyKeptTally(maxSeqLength, vocabulary.size) : made;
  const shards = settings.dropDuplicates
    ? await writeUniqueShards(layout, positions, kept, signal, onStage)
    : await (await ShardSet.open(layout, positions)).finish();
  read.sequences.dropped.duplicate = keptSequences(made) - keptSequences(kept);

  const report = reportOf(files, read, kept, vocabulary);
  // Parsed, so that keys stand in one order, whether this build was interrupted or not.
  const manifest = corpusManifest.parse({
    version: CORPUS_VERSION,
    tokenizer,
    settings,
    maxSeqLength,
    idBytes,
    sequences: report.sequences.kept,
    tokens: report.tokens,
    shards,
    tokenCounts: await writeStored(join(folder, COUNTS_FILE), encodeTokenCounts(build.tokenCounts)),
    vocabulary: await writeStored(join(folder, VOCABULARY_FILE), Buffer.from(`${vocabulary.pieces.join('\n')}\n`)),
    report,
  } satisfies CorpusManifest);
  signal.throwIfAborted();
  await atomicFile(join(folder, CORPUS_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  await clearTemporary(folder);
  return manifest;
}

async function writeStored(file: string, contents: Uint8Array): Promise<CorpusManifest['tokenCounts']> {
  await atomicFile(file, [contents]);
  return { sizeBytes: contents.length, sha256: createHash('sha256').update(contents).digest('hex') };
}
