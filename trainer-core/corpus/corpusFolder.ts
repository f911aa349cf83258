/** Opens a corpus folder: its manifest and the sizes of its files are checked, then its sequences are read where they lie. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CORPUS_FILE, COUNTS_FILE, type CorpusManifest, VOCABULARY_FILE } from '../protocol/corpusManifest.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import { parseCorpusManifest } from '../protocol/parseCorpusManifest.js';
import type { Corpus } from './corpus.js';
import { readError } from './readError.js';
import { SHARD_FILES, shardPath, shardSizes } from './shardFiles.js';
import { openSequences, type StoredSequences } from './storedSequences.js';
import { COUNT_BYTES, decodeTokenCounts } from './tokenCounts.js';

/** A file of a corpus, as its manifest has it. */
export interface CorpusFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** An open corpus; close its store after use. */
export interface StoredCorpus extends Corpus {
  folder: string;
  manifest: CorpusManifest;
  /** SHA-256 of corpus.json, which holds the checksums of all else. */
  sha256: string;
  store: StoredSequences;
}

/** True for a folder with a finished corpus in it. */
export function isCorpusFolder(folder: string): boolean {
  return existsSync(join(folder, CORPUS_FILE));
}

/**
 * The checked manifest of a corpus folder.
 * Throws `corpusNotFound`, `corpusVersionUnsupported`, `corpusInvalid`, `fileUnreadable`.
 */
export function readManifest(folder: string): CorpusManifest {
  return readCorpusFile(folder).manifest;
}

function readCorpusFile(folder: string): Pick<StoredCorpus, 'manifest' | 'sha256'> {
  const file = join(folder, CORPUS_FILE);
  const text = readText(file, folder);
  const manifest = parseCorpusManifest(text, file);
  const key = disagreement(manifest);
  if (key !== null) throw new TrainerError('corpusInvalid', { file, key });
  return { manifest, sha256: createHash('sha256').update(text).digest('hex') };
}

function readText(file: string, folder: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const error = readError(cause, file);
    throw hasCode(error, 'fileNotFound') ? new TrainerError('corpusNotFound', { folder }, { cause }) : error;
  }
}

/** The key of a number in the manifest that another one contradicts; null when they agree. */
function disagreement(manifest: CorpusManifest): string | null {
  const { shards, idBytes, tokenizer, tokenCounts } = manifest;
  for (const key of ['sequences', 'tokens'] as const) {
    if (shards.reduce((sum, shard) => sum + shard[key], 0) !== manifest[key]) return key;
  }
  for (const [at, shard] of shards.entries()) {
    const sizes = shardSizes(shard, idBytes);
    const wrong = SHARD_FILES.find((file) => shard.files[file].sizeBytes !== sizes[file]);
    if (wrong) return `shards.${at}.files.${wrong}.sizeBytes`;
  }
  return tokenCounts.sizeBytes === tokenizer.vocabularySize * COUNT_BYTES ? null : 'tokenCounts.sizeBytes';
}

/** All files of a corpus but the manifest. */
export function corpusFiles(folder: string, manifest: CorpusManifest): CorpusFile[] {
  const ofShards = manifest.shards.flatMap(({ name, files }) =>
    SHARD_FILES.map((file) => ({ path: shardPath(folder, name, file), ...files[file] })),
  );
  return [
    ...ofShards,
    { path: join(folder, COUNTS_FILE), ...manifest.tokenCounts },
    { path: join(folder, VOCABULARY_FILE), ...manifest.vocabulary },
  ];
}

/**
 * Opens a corpus whose files are all there with the sizes they should have; `verifyCorpus` checks their contents too.
 * Throws what `readManifest` throws, `corpusFileDamaged`, `fileUnreadable`.
 */
export function openCorpus(folder: string): StoredCorpus {
  const { manifest, sha256 } = readCorpusFile(folder);
  for (const { path, sizeBytes } of corpusFiles(folder, manifest)) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) throw new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'missing' });
    if (found.size !== sizeBytes) {
      const sizes = { expectedBytes: sizeBytes, gotBytes: found.size };
      throw new TrainerError('corpusFileDamaged', { file: path, folder, fault: 'size', ...sizes });
    }
  }
  const tokenCounts = decodeTokenCounts(readFileSync(join(folder, COUNTS_FILE)));
  return { folder, manifest, sha256, tokenCounts, store: openSequences(folder, manifest.shards, manifest.idBytes) };
}

/**
 * Throws `corpusTokenizerDiffers` when the ids of a corpus are not those of this tokenizer.
 * @param identity SHA-256 of all that decides the tokenizer's ids. @param vocabFile for the error.
 */
export function checkCorpusTokenizer({ folder, manifest }: StoredCorpus, identity: string, vocabFile: string): void {
  const { sha256 } = manifest.tokenizer;
  if (sha256 === identity) return;
  const hashes = { corpusTokenizer: sha256, modelTokenizer: identity };
  throw new TrainerError('corpusTokenizerDiffers', { folder, vocabFile, ...hashes });
}
