/** The folder that a corpus is built in: what may lie there, and what of it goes when the build has ended. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftover, recoverContents, writeError } from '../checkpoint/atomicWrite.js';
import { shardName } from '../corpus/shardFiles.js';
import { BUILDING_FILE, CORPUS_FILE } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import { LOCK_FILE, LOCK_LEFTOVER } from './buildLock.js';

/** The name of a shard with duplicates. */
export function rawShardName(number: number): string {
  return shardName(number).replace('shard', 'raw');
}

/** Gone when the build has ended. */
const TEMPORARY = /^(raw-\d{5,}\.(ids|lengths|wordStarts)|hashes\.bin)$/;
const SHARD = /^shard-\d{5,}\.(ids|lengths|wordStarts)$/;

/**
 * What is in the folder: nothing (or no folder), a build to go on with, or a corpus.
 * Throws `corpusFolderTaken` for anything else, `folderNotWritable` where it is no folder.
 */
export async function folderState(folder: string): Promise<'unused' | 'unfinished' | 'finished'> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw writeError(error, join(folder, BUILDING_FILE), null);
  });
  if (names.includes(CORPUS_FILE)) return 'finished';
  if (names.includes(BUILDING_FILE)) return 'unfinished';
  const foreign = names.filter((name) => name !== LOCK_FILE && !LOCK_LEFTOVER.test(name) && !isLeftover(name));
  if (foreign.length > 0) throw new TrainerError('corpusFolderTaken', { folder, holds: foreign.sort() });
  return 'unused';
}

/** Clears away what killed processes left half-written. Only for whoever has locked the folder. */
export async function clearLeftovers(folder: string): Promise<void> {
  await recoverContents(folder);
  await removeMatching(folder, LOCK_LEFTOVER);
}

/** Clears away what a finished corpus does not need. */
export async function clearTemporary(folder: string): Promise<void> {
  await removeMatching(folder, TEMPORARY);
  // It goes last: a folder with only some of the others would be taken for someone else's.
  await rm(join(folder, BUILDING_FILE), { force: true });
}

/** Clears away a build that came to nothing. */
export async function clearBuild(folder: string): Promise<void> {
  await removeMatching(folder, SHARD);
  await clearTemporary(folder);
}

async function removeMatching(folder: string, pattern: RegExp): Promise<void> {
  for (const name of await readdir(folder)) if (pattern.test(name)) await rm(join(folder, name), { force: true });
}
