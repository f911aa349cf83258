/** A finished teacher cache: opened, and read by the numbers of sequences. Memory holds two bytes a sequence. See docs/formats.md. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LengthSums } from '../corpus/lengthSums.js';
import { idBytesFor } from '../corpus/shardFiles.js';
import { openInput, readInto } from '../corpus/storedSequences.js';
import { type TeacherCacheFault, TrainerError } from '../protocol/errors.js';
import {
  CACHE_FILE,
  PREDICTIONS_FILE,
  ROWS_FILE,
  TEACHER_CACHE_VERSION,
  type TeacherCacheIdentity,
  type TeacherCacheManifest,
  teacherCacheManifest,
} from '../protocol/teacherCacheManifest.js';
import type { TopPredictions } from './topPredictions.js';
import { decodeRecord, recordBytes, type TopLayout } from './topRecord.js';

/** Bytes of a number of rows. */
export const ROW_COUNT_BYTES = 2;

/** Predictions that have a file open: close them. */
export interface StoredPredictions extends TopPredictions {
  readonly rows: number;
  readonly sizeBytes: number;
  close(): void;
}

/** True where a cache was finished. */
export function isTeacherCache(folder: string): boolean {
  return existsSync(join(folder, CACHE_FILE));
}

export function layoutOf({
  teacherTopK,
  vocabularySize,
}: Pick<TeacherCacheIdentity, 'teacherTopK' | 'vocabularySize'>): TopLayout {
  return { k: teacherTopK, idBytes: idBytesFor(vocabularySize) };
}

/**
 * Opens a finished cache, whose identity must be this one. Sizes and the numbers of rows are checked now, each sequence when it is read.
 * Throws `teacherCacheDamaged`, then and when it reads, and `fileUnreadable`.
 */
export function openTeacherCache(folder: string, identity: TeacherCacheIdentity): StoredPredictions {
  const damaged = (name: string, fault: TeacherCacheFault, sequence: number | null = null) =>
    new TrainerError('teacherCacheDamaged', { folder, file: join(folder, name), fault, sequence });
  const manifest = readManifest(join(folder, CACHE_FILE), damaged);
  if (!isDeepStrictEqual(manifest.identity, identity)) throw damaged(CACHE_FILE, 'foreign');
  for (const [name, { sizeBytes }] of [
    [ROWS_FILE, manifest.rowCounts],
    [PREDICTIONS_FILE, manifest.predictions],
  ] as const) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!found?.isFile()) throw damaged(name, 'missing');
    if (found.size !== sizeBytes) throw damaged(name, 'size');
  }
  const rowCounts = readFileSync(join(folder, ROWS_FILE));
  if (createHash('sha256').update(rowCounts).digest('hex') !== manifest.rowCounts.sha256)
    throw damaged(ROWS_FILE, 'checksum');
  const counts = new Uint16Array(rowCounts.buffer.slice(rowCounts.byteOffset, rowCounts.byteOffset + rowCounts.length));
  const sums = new LengthSums(counts);
  const layout = layoutOf(identity);
  const path = join(folder, PREDICTIONS_FILE);
  const descriptor = openInput(path);
  return {
    k: layout.k,
    rows: sums.total,
    sizeBytes: manifest.predictions.sizeBytes,
    of: (sequences) =>
      sequences.map((i) => {
        const record = new Uint8Array(recordBytes(layout, counts[i]!));
        readInto(descriptor, path, record, recordBytes(layout, sums.before(i), i));
        const rows = decodeRecord(layout, i, record);
        if (!rows) throw damaged(PREDICTIONS_FILE, 'checksum', i);
        return rows;
      }),
    close: () => closeSync(descriptor),
  };
}

function readManifest(
  file: string,
  damaged: (name: string, fault: TeacherCacheFault) => TrainerError,
): TeacherCacheManifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version !== undefined && version !== TEACHER_CACHE_VERSION) throw damaged(CACHE_FILE, 'version');
  const checked = teacherCacheManifest.safeParse(value);
  if (!checked.success) throw damaged(CACHE_FILE, 'manifest');
  return checked.data;
}
