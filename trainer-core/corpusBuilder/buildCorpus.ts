/** `corpus build`: input files → a corpus folder, in worker threads, interrupted and gone on with at any time. */
import { rmdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import type { ResourceLimits } from 'node:worker_threads';
import { makeFolder, writeError } from '../checkpoint/atomicWrite.js';
import { readManifest } from '../corpus/corpusFolder.js';
import type { ShardPosition } from '../corpus/shardFiles.js';
import { findInputs } from '../documents/findInputs.js';
import type { InputFile } from '../documents/inputs.js';
import { readChunks } from '../documents/readChunks.js';
import { unpackerOf } from '../documents/unpack.js';
import { CORPUS_FILE } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import type { CorpusBuilt, Unpacker } from '../protocol/jobs.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { type BuildIdentity, differencesOfFinished, identityOf } from './buildIdentity.js';
import { clearDeadLock, lockFolder } from './buildLock.js';
import type { BuildOptions } from './buildOptions.js';
import { finishBuild } from './finishBuild.js';
import { inOrder } from './inOrder.js';
import { clearBuild, clearLeftovers, clearTemporary, folderState } from './outputFolder.js';
import { corpusTooSmall, keptSequences, keptTokens } from './tally.js';
import { openBuild, type UnfinishedBuild } from './unfinishedBuild.js';
import { WorkerPool } from './workerPool.js';

/** So much work can be lost to a kill. */
const COMMIT_MS = 5000;
/** More workers wait for this thread, which writes what they make, and would take more memory than we promise. */
const MOST_WORKERS = 16;

/** What tests set and users do not. */
export interface BuildTuning {
  /** Milliseconds from one commit to the next; 0: after each chunk. */
  commitMs?: number;
  /** Called after each commit. */
  onCommit?: () => void;
  /** Ids after which a shard is full. */
  shardTokens?: number;
  workerLimits?: ResourceLimits;
}

/**
 * Builds a corpus, goes on with an unfinished build of the same input and settings, or gives back what is already built. The bytes
 * of the corpus depend on input, settings and tokenizer alone. An abort commits what is whole and throws an AbortError.
 * Throws what `findInputs`, `readChunks`, `documentsOf` and `JapaneseTokenizer.load` throw; `corpusFolderTaken`, `corpusBuildDiffers`
 * and `corpusBusy` where `out` cannot be used; `corpusTooSmall` when no sequence is left; `workerStopped`, `diskFull`,
 * `folderNotWritable`.
 */
export async function buildCorpus(options: BuildOptions, tuning: BuildTuning = {}): Promise<CorpusBuilt> {
  const { out, settings, maxSeqLength, signal } = options;
  signal.throwIfAborted();
  // A corpus in a folder of the input is no part of it.
  const files = (await findInputs(options.inputs)).filter(({ file }) => !isInside(file, out));
  const tokenizer = JapaneseTokenizer.load({ vocabFile: options.vocabFile });
  const sha256 = tokenizer.identity;
  const vocabularySize = tokenizer.vocabulary.size;
  const identity = await identityOf(files, { settings, maxSeqLength, tokenizer: { sha256, vocabularySize } });
  if ((await folderState(out)) === 'finished') return await finished(out, identity);
  try {
    await makeFolder(out);
  } catch (error) {
    throw writeError(error, join(out, CORPUS_FILE), null);
  }
  const unlock = await lockFolder(out);
  try {
    // Another process may have ended it meanwhile.
    if ((await folderState(out)) === 'finished') return await finished(out, identity);
    await clearLeftovers(out);
    return await build(files, tokenizer, identity, options, tuning);
  } finally {
    await unlock();
    // After a build that came to nothing.
    await rmdir(out).catch(() => {});
  }
}

/** The corpus that is there, if it is the one asked for. */
async function finished(folder: string, identity: BuildIdentity): Promise<CorpusBuilt> {
  const manifest = readManifest(folder);
  const builtMs = (await stat(join(folder, CORPUS_FILE))).mtimeMs;
  const differences = differencesOfFinished(manifest, builtMs, identity);
  if (differences.length > 0) throw new TrainerError('corpusBuildDiffers', { folder, isFinished: true, differences });
  // A kill may have come between the manifest and these.
  await clearTemporary(folder);
  await clearDeadLock(folder);
  return { type: 'corpus', folder, manifest, unpackedBy: {} };
}

async function build(
  files: readonly InputFile[],
  tokenizer: JapaneseTokenizer,
  identity: BuildIdentity,
  options: BuildOptions,
  tuning: BuildTuning,
): Promise<CorpusBuilt> {
  const { out: folder, signal, onStage } = options;
  const unfinished = await openBuild(folder, identity, tuning.shardTokens);
  const unpackers = new Map(files.map((file) => [file.file, unpackerOf(file)]));
  let shards: ShardPosition[];
  try {
    if (!unfinished.isRead) await readAll(files, unpackers, tokenizer, unfinished, options, tuning);
    shards = await unfinished.commit();
  } catch (error) {
    await unfinished.close();
    // Where nothing was read there is nothing to go on with: the folder is free again, for other input or settings.
    if (unfinished.position === null) await clearBuild(folder).catch(() => {});
    throw error;
  }
  await unfinished.close();
  if (keptSequences(unfinished.kept) === 0) {
    await clearBuild(folder);
    throw corpusTooSmall(options.inputs, unfinished.read, options.settings);
  }
  const manifest = await finishBuild(unfinished, shards, files, tokenizer.vocabulary, signal, onStage);
  return { type: 'corpus', folder, manifest, unpackedBy: Object.fromEntries(unpackers) };
}

/** Adds all chunks that are left of the input. Whatever ends it, what is whole is committed. */
async function readAll(
  files: readonly InputFile[],
  unpackers: ReadonlyMap<string, Unpacker>,
  tokenizer: JapaneseTokenizer,
  unfinished: UnfinishedBuild,
  options: BuildOptions,
  tuning: BuildTuning,
): Promise<void> {
  const { settings, maxSeqLength, signal, onStage, workers = Math.min(availableParallelism(), MOST_WORKERS) } = options;
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const indices = new Map(files.map(({ file }, i) => [file, i]));
  const pool = new WorkerPool(workers, { tokenizer: tokenizer.share(), settings, maxSeqLength }, tuning.workerLimits);
  const onAbort = () => void pool.close(signal.reason);
  const tell = (input: InputFile) => {
    const { readBytes: done, read, kept } = unfinished;
    const counts = { documents: read.documents.read, tokens: keptTokens(kept) };
    const unpackedBy = unpackers.get(input.file)!;
    onStage({ phase: 'building', done, total, unit: 'bytes', file: input.file, unpackedBy, ...counts });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    tell(files[unfinished.position?.file ?? 0] ?? files.at(-1)!);
    const by = ({ file }: InputFile) => unpackers.get(file)!;
    const chunks = readChunks(files, settings, unfinished.position, signal, by);
    let committedAt = Date.now();
    // So many under way that none waits for the slowest, and so few that memory stays bounded.
    const limit = 2 * workers + 2;
    for await (const [chunk, built] of inOrder(chunks, limit, (each) => pool.build(each))) {
      signal.throwIfAborted();
      await unfinished.add(chunk, built, indices.get(chunk.file.file)!);
      tell(chunk.file);
      if (Date.now() - committedAt < (tuning.commitMs ?? COMMIT_MS)) continue;
      await unfinished.commit();
      committedAt = Date.now();
      tuning.onCommit?.();
    }
    unfinished.isRead = true;
  } catch (error) {
    // A second fault would hide the first.
    await unfinished.commit().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await pool.close();
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith('..') && !isAbsolute(path);
}
