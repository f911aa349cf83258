/** Keeps a folder for one process, by a file with the process's id. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeError } from '../checkpoint/atomicWrite.js';
import { isAlive } from '../checkpoint/livingProcess.js';
import { TrainerError } from '../protocol/errors.js';

export const LOCK_FILE = 'building.pid';
/** A dead process's lock on its way out. */
export const LOCK_LEFTOVER = /^\.building\.pid-[0-9a-f]{12}$/;

/** How long a process may take from making the file to writing its id. */
const WRITING_MS = 200;

/** The folders that this process itself builds in: its id says nothing about them. */
const own = new Set<string>();

/**
 * Takes the folder, which must be there, also from a process that is gone. Gives what to call when done.
 * Throws `corpusBusy` with the id of the process that has it, `diskFull`, `folderNotWritable`.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = resolve(folder);
  const lock = join(path, LOCK_FILE);
  if (own.has(path)) throw new TrainerError('corpusBusy', { folder, pid: process.pid });
  own.add(path);
  try {
    while (!(await putLock(lock, process.pid))) {
      const holder = await holderOf(lock);
      if (holder !== null) throw new TrainerError('corpusBusy', { folder, pid: holder });
      await removeDead(lock);
    }
  } catch (error) {
    own.delete(path);
    throw writeError(error, lock, null);
  }
  return async () => {
    await rm(lock, { force: true });
    own.delete(path);
  };
}

/** Takes away the lock of a process that is gone, where there is one. */
export async function clearDeadLock(folder: string): Promise<void> {
  const path = resolve(folder);
  const lock = join(path, LOCK_FILE);
  if (own.has(path) || !existsSync(lock)) return;
  if ((await holderOf(lock)) === null) await removeDead(lock);
}

/** Makes the lock; false when it is there. */
async function putLock(lock: string, pid: number): Promise<boolean> {
  try {
    await writeFile(lock, String(pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Made, but not written: the disk is full.
    if ((await readFile(lock, 'utf8').catch(ignoreMissing)) === '') await rm(lock, { force: true });
    throw error;
  }
}

/** Another process may have done the same and put its own lock there meanwhile: what was taken away is looked at again. */
async function removeDead(lock: string): Promise<void> {
  const aside = join(lock, '..', `.${LOCK_FILE}-${randomBytes(6).toString('hex')}`);
  await rename(lock, aside).catch(ignoreMissing);
  const living = await holderOf(aside);
  if (living !== null) await putLock(lock, living);
  await rm(aside, { force: true });
}

/** The living process that a lock names, or null. This process's own id is from before a restart of the machine. */
async function holderOf(lock: string): Promise<number | null> {
  let text = await readFile(lock, 'utf8').catch(ignoreMissing);
  if (text === '') {
    await setTimeout(WRITING_MS);
    text = await readFile(lock, 'utf8').catch(ignoreMissing);
  }
  const pid = /^[1-9]\d*$/.test(text ?? '') ? Number(text) : null;
  return pid !== null && pid !== process.pid && isAlive(pid) ? pid : null;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
