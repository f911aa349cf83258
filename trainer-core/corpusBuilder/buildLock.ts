/** Keeps a folder for one process, by a file with the process's id. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeError } from '../checkpoint/atomicWrite.js';
import { isAlive } from '../checkpoint/livingProcess.js';
import { TrainerError } from '../protocol/errors.js';

/** Holds the process's id and a number of this one lock: `4711 9f8e7d6c5b4a`. */
export const LOCK_FILE = 'building.pid';
/** A process's claim to clear away the dead lock with this number. */
export const LOCK_LEFTOVER = /^\.building\.pid-[0-9a-f]{12}$/;

/** How long a process may take from making the file to writing its id. */
const WRITING_MS = 200;
/** Until another process has cleared away a dead lock. */
const CLEARING_MS = 20;

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
    while (!(await put(lock))) {
      const found = await read(lock);
      if (found.holder !== null) throw new TrainerError('corpusBusy', { folder, pid: found.holder });
      await clearDead(path, lock, found);
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
  const found = await read(lock);
  if (found.holder === null) await clearDead(path, lock, found);
}

interface Lock {
  text: string;
  /** The living process that it names, or null. This process's own id is from before a restart of the machine. */
  holder: number | null;
}

/** Makes a lock, or a claim; false when it is there. */
async function put(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid} ${randomBytes(6).toString('hex')}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Made, but not written: the disk is full.
    if ((await readFile(file, 'utf8').catch(ignoreMissing)) === '') await rm(file, { force: true });
    throw error;
  }
}

async function read(file: string): Promise<Lock> {
  let text = await readFile(file, 'utf8').catch(ignoreMissing);
  if (text === '') {
    await setTimeout(WRITING_MS);
    text = await readFile(file, 'utf8').catch(ignoreMissing);
  }
  const pid = Number.parseInt(text ?? '', 10);
  return { text: text ?? '', holder: pid > 0 && pid !== process.pid && isAlive(pid) ? pid : null };
}

/**
 * Removes a lock whose process is gone, and never one that another process has put in its place meanwhile: who removes the lock with
 * this number must have the claim to it, and looks once more when it has.
 */
async function clearDead(folder: string, lock: string, { text }: Lock): Promise<void> {
  const number = /[0-9a-f]{12}$/.exec(text)?.[0] ?? '000000000000';
  const claim = join(folder, `.${LOCK_FILE}-${number}`);
  if (!(await put(claim))) {
    // A claim is held for moments; one whose process is gone was left by a kill.
    if ((await read(claim)).holder === null) await rm(claim, { force: true });
    else await setTimeout(CLEARING_MS);
    return;
  }
  try {
    if ((await readFile(lock, 'utf8').catch(ignoreMissing)) === text) await rm(lock, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
