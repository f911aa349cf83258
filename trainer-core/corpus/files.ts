/** Turns what the operating system says about a file into the trainer's errors, and writes small files whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TrainerError } from '../protocol/errors.js';

/** The system's error code (`ENOENT`, `EACCES`, `Z_DATA_ERROR`, …) of anything caught, or null when it has none. */
function systemCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}

/**
 * What to throw for an error met while reading `file`.
 * Gives `fileNotFound` or `fileUnreadable` (whose reason is the system's code); errors without a code come back as they are.
 */
export function readError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (error instanceof TrainerError || code === null) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new TrainerError('fileNotFound', { file }, { cause: error });
  return new TrainerError('fileUnreadable', { file, reason: code }, { cause: error });
}

/**
 * Writes a whole file under a temporary name beside it, syncs it, and renames it into place; makes its folder when absent.
 * Throws `diskFull` or `folderNotWritable`, and then leaves the old file as it was.
 */
export function writeWhole(file: string, contents: Uint8Array): void {
  const folder = dirname(file);
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    const descriptor = openSync(beside, 'w');
    try {
      for (let at = 0; at < contents.length; ) at += writeSync(descriptor, contents, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const code = systemCode(error);
    if (code === 'ENOSPC') {
      throw new TrainerError('diskFull', { file, neededBytes: contents.length }, { cause: error });
    }
    if (code !== null) throw new TrainerError('folderNotWritable', { folder, reason: code }, { cause: error });
    throw error;
  }
}
