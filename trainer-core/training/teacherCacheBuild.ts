/**
 * Makes a teacher cache. The teacher goes through the corpus in blocks of consecutive sequences, so what it predicts for one does not
 * depend on the order in which a run trains, nor on how often this was interrupted. Predictions come first onto the disk, the numbers
 * of their rows after them: what these tell of is there.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicFile, makeFolder, writeError } from '../checkpoint/atomicWrite.js';
import { lockFolder } from '../corpusBuilder/buildLock.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import {
  CACHE_FILE,
  PREDICTIONS_FILE,
  ROWS_FILE,
  TEACHER_CACHE_VERSION,
  type TeacherCacheIdentity,
  type TeacherCacheManifest,
} from '../protocol/teacherCacheManifest.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import { isTeacherCache, layoutOf, ROW_COUNT_BYTES } from './teacherCacheFolder.js';
import type { TopPredictor } from './topPredictor.js';
import { encodeRecord, recordBytes } from './topRecord.js';

/** Sequences whose predictions are worked out together and then written. */
export const BLOCK = 128;

export interface TeacherCacheBuild {
  folder: string;
  identity: TeacherCacheIdentity;
  /** How many sequences the corpus has. */
  sequences: number;
  /** The sequences with these numbers, with what is hidden of them. */
  batch(sequences: Uint32Array): LanguageModelBatch;
  /** Called once something is to be worked out. */
  predictor(): Promise<Pick<TopPredictor, 'predict'>>;
  signal: AbortSignal;
  onStage: OnStage;
}

/**
 * Fills the cache, from where an interrupted process had got to; does nothing where it is finished.
 * Throws `teacherCacheBusy`, `diskFull`, `folderNotWritable`, and the signal's reason.
 */
export async function buildTeacherCache(build: TeacherCacheBuild): Promise<void> {
  const { folder } = build;
  if (isTeacherCache(folder)) return;
  await makeFolder(folder).catch((error: unknown) => {
    throw writeError(error, join(folder, CACHE_FILE), null);
  });
  const unlock = await lockFolder(folder).catch((error: unknown) => {
    throw hasCode(error, 'corpusBusy') ? new TrainerError('teacherCacheBusy', error.data, { cause: error }) : error;
  });
  try {
    // Another process may have ended it meanwhile.
    if (!isTeacherCache(folder)) await fill(build);
  } finally {
    await unlock();
  }
}

async function fill(build: TeacherCacheBuild): Promise<void> {
  const { folder, identity, sequences } = build;
  const files: FileHandle[] = [];
  const openFile = async (name: string) => {
    const handle = await open(join(folder, name), constants.O_RDWR | constants.O_CREAT).catch((error: unknown) => {
      throw writeError(error, join(folder, name), null);
    });
    files.push(handle);
    return { name, handle };
  };
  try {
    const [predictions, rowCounts] = [await openFile(PREDICTIONS_FILE), await openFile(ROWS_FILE)];
    const at = await begun(build, predictions.handle, rowCounts.handle);
    await fillBlocks(build, at, (records, counts) =>
      append(folder, [
        [predictions, records, recordBytes(layoutOf(identity), at.rows, at.sequences)],
        [rowCounts, [new Uint8Array(counts.buffer)], at.sequences * ROW_COUNT_BYTES],
      ]),
    );
    const counts = await readFile(join(folder, ROWS_FILE));
    const manifest: TeacherCacheManifest = {
      version: TEACHER_CACHE_VERSION,
      identity,
      sequences,
      rows: at.rows,
      predictions: { sizeBytes: recordBytes(layoutOf(identity), at.rows, sequences) },
      rowCounts: { sizeBytes: counts.length, sha256: createHash('sha256').update(counts).digest('hex') },
    };
    await atomicFile(join(folder, CACHE_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  } finally {
    for (const file of files) await file.close();
  }
}

/** How much is done: whole blocks, whose predictions are all there. */
interface Position {
  sequences: number;
  rows: number;
}

/** What an interrupted process has left; what is not whole is cut off. */
async function begun(
  { folder, identity, sequences }: TeacherCacheBuild,
  predictions: FileHandle,
  rowCounts: FileHandle,
): Promise<Position> {
  const { buffer, byteOffset, length } = await readFile(join(folder, ROWS_FILE));
  const counts = new Uint16Array(buffer.slice(byteOffset, byteOffset + length - (length % ROW_COUNT_BYTES)));
  const told = counts.length >= sequences ? sequences : Math.floor(counts.length / BLOCK) * BLOCK;
  const rows = counts.subarray(0, told).reduce((sum, count) => sum + count, 0);
  const sizeBytes = recordBytes(layoutOf(identity), rows, told);
  // Shorter than the numbers of rows tell: these are of something else.
  const at = (await predictions.stat()).size >= sizeBytes ? { sequences: told, rows } : { sequences: 0, rows: 0 };
  await predictions.truncate(recordBytes(layoutOf(identity), at.rows, at.sequences));
  await rowCounts.truncate(at.sequences * ROW_COUNT_BYTES);
  return at;
}

/** Works out all blocks from `at` on, which moves along. */
async function fillBlocks(
  { identity, sequences, batch, predictor, signal, onStage }: TeacherCacheBuild,
  at: Position,
  write: (records: readonly Uint8Array[], rowCounts: Uint16Array) => Promise<void>,
): Promise<void> {
  const layout = layoutOf(identity);
  let tokens = 0;
  while (at.sequences < sequences) {
    const block = Uint32Array.from({ length: Math.min(BLOCK, sequences - at.sequences) }, (_, i) => at.sequences + i);
    const hidden = batch(block);
    const records: Uint8Array[] = Array(block.length);
    const rowCounts = new Uint16Array(block.length);
    let done = 0;
    for await (const [sequence, rows] of (await predictor()).predict(hidden, identity.restrictCeToMask)) {
      signal.throwIfAborted();
      records[sequence - at.sequences] = encodeRecord(layout, sequence, rows);
      rowCounts[sequence - at.sequences] = rows.pieces.length / layout.k;
      tokens += hidden.lengths[sequence - at.sequences]!;
      onStage({ phase: 'predicting', done: at.sequences + ++done, total: sequences, unit: 'steps', tokens });
    }
    await write(records, rowCounts);
    at.sequences += block.length;
    at.rows += rowCounts.reduce((sum, count) => sum + count, 0);
  }
}

/** Puts bytes behind what is in each file, one file after the other, each safe on the disk before the next. */
async function append(
  folder: string,
  parts: readonly [file: { name: string; handle: FileHandle }, pieces: readonly Uint8Array[], position: number][],
): Promise<void> {
  for (const [{ name, handle }, pieces, position] of parts) {
    const bytes = Buffer.concat(pieces);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
      await handle.sync();
    } catch (error) {
      throw writeError(error, join(folder, name), bytes.length);
    }
  }
}
