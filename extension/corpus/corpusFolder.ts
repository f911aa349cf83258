/** Reads what a corpus folder holds from its `corpus.json`, and what any folder is to a build that would write into it. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BUILDING_FILE, CORPUS_FILE, type CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import { parseCorpusManifest } from '../../trainer-core/protocol/parseCorpusManifest.js';

/** A corpus as the lists show it. */
export interface CorpusSummary {
  kind: 'corpus';
  /** Absolute path. */
  folder: string;
  /** The folder's name. */
  name: string;
  documents: number;
  sequences: number;
  tokens: number;
  /** The longest sequence allowed. */
  maxSeqLength: number;
  made: CorpusManifest['settings']['sequences'];
}

/** What a folder is to a build. */
export type OutputState = 'free' | 'unfinished' | 'corpus' | 'other';

/** The checked manifest. Throws `corpusNotFound`, `corpusInvalid`, `corpusVersionUnsupported`, `fileUnreadable`. */
export async function readCorpusManifest(folder: string): Promise<CorpusManifest> {
  const file = path.join(folder, CORPUS_FILE);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new TrainerError('corpusNotFound', { folder }, { cause });
    throw new TrainerError('fileUnreadable', { file, reason: cause.code ?? cause.message }, { cause });
  });
  return parseCorpusManifest(text, file);
}

/** The corpus in `folder`; undefined when it holds none that we can read. */
export async function readCorpus(folder: string): Promise<CorpusSummary | undefined> {
  const manifest = await readCorpusManifest(folder).catch(() => undefined);
  if (!manifest) return undefined;
  const { sequences, tokens, maxSeqLength, settings, report } = manifest;
  return {
    kind: 'corpus',
    folder,
    name: path.basename(folder),
    documents: report.documents.kept,
    sequences,
    tokens,
    maxSeqLength,
    made: settings.sequences,
  };
}

/** Whether a build can begin in `folder` (`free`: missing or empty), go on in it, or has to leave it alone. */
export async function outputState(folder: string): Promise<OutputState> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] | undefined =>
    error.code === 'ENOENT' ? [] : undefined,
  );
  if (!names) return 'other';
  if (names.length === 0) return 'free';
  if (names.includes(CORPUS_FILE)) return 'corpus';
  return names.includes(BUILDING_FILE) ? 'unfinished' : 'other';
}
