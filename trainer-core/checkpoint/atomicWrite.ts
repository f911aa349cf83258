/** Writes files and folders so that a name only ever stands for something whole: write beside, fsync, rename, fsync the folder. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import { isAlive } from './livingProcess.js';

/**
 * What is still being made, or is being thrown away, has a name like `.best.writing-4711-9f8e7d`: the process that owns it
 * and a random part. `ready` is a whole folder about to take its name, `replaced` the one that gave it up.
 */
const LEFTOVER = /^\.(.+)\.(writing|ready|replaced)-(\d+)-([0-9a-f]{12})$/;

/** The random parts that this process is working on: a process id comes back after a restart, these do not. */
const inProgress = new Set<string>();

/** True for the names of unfinished or outgoing files and folders. */
export function isLeftover(name: string): boolean {
  return LEFTOVER.test(name);
}

/**
 * Makes a folder and those above it; one that is there is left alone. Unlike Node's own recursive `mkdir`, which says ENOENT for
 * a read-only file system, it fails with the true reason. Throws the system's error: `writeError` makes it ours.
 */
export async function makeFolder(folder: string): Promise<void> {
  const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch((second: unknown) => {
      // Another process was faster.
      if (codeOf(second) !== 'EEXIST') throw second;
    });
  }
}

/** Writes `chunks` one after another to `file`, replacing it, without fsync. Throws `diskFull`, `folderNotWritable`. */
export async function writeChunks(
  file: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  neededBytes: number | null = null,
): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'w');
    for await (const chunk of chunks) await handle.writeFile(chunk);
    await handle.close();
  } catch (error) {
    await handle?.close().catch(() => {});
    throw writeError(error, file, neededBytes);
  }
}

/**
 * Puts a file with these contents in place at once: whoever opens `file` sees the old or the new one, whole.
 * `neededBytes` goes into `diskFull`. Throws `diskFull`, `folderNotWritable`; the old file then stands.
 */
export async function atomicFile(
  file: string,
  contents: string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  neededBytes: number | null = null,
): Promise<void> {
  const chunks = typeof contents === 'string' ? [Buffer.from(contents)] : contents;
  const needed = typeof contents === 'string' ? Buffer.byteLength(contents) : neededBytes;
  await beside(file, async ({ writing }) => {
    await makeFolder(dirname(file));
    await writeChunks(writing, chunks, needed);
    await sync(writing, 'r+');
    await rename(writing, file);
    await sync(dirname(file), 'r');
  });
}

/**
 * Puts a folder in place at once: `fill` writes into a folder beside `target`, which then takes its name.
 * A folder that stood there stays until the new one is whole, then goes. Throws `diskFull`, `folderNotWritable` and what
 * `fill` throws; the old folder then stands. A kill between the two renames is put right by `recoverFolder`.
 */
export async function atomicFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await recoverFolder(target);
  await beside(target, async ({ writing, ready, replaced }) => {
    await makeFolder(writing);
    await fill(writing);
    await syncTree(writing);
    await rename(writing, ready);
    const replaces = await moveAside(target, replaced);
    try {
      await rename(ready, target);
    } catch (error) {
      if (replaces) await rename(replaced, target);
      throw error;
    }
    await sync(dirname(target), 'r');
    await rm(replaced, { recursive: true, force: true });
  });
}

/** Removes a folder so that a kill half-way leaves no half folder under its name. */
export async function removeFolder(target: string): Promise<void> {
  await beside(target, async ({ replaced }) => {
    if (await moveAside(target, replaced)) await sync(dirname(target), 'r');
    await rm(replaced, { recursive: true, force: true });
  });
}

/**
 * Clears away what killed processes left beside `target`, after giving `target` back its folder when the kill fell between
 * the two renames of `atomicFolder`. What a living process is writing is not touched.
 */
export async function recoverFolder(target: string): Promise<void> {
  const parent = dirname(target);
  try {
    const names = await readdir(parent).catch((): string[] => []);
    const abandoned = names.filter((name) => LEFTOVER.exec(name)?.[1] === basename(target) && isAbandoned(name));
    if (abandoned.length === 0) return;
    if (!names.includes(basename(target))) {
      const whole = abandoned.find((name) => name.includes('.ready-'));
      if (whole !== undefined) await rename(join(parent, whole), target);
    }
    for (const name of abandoned) await rm(join(parent, name), { recursive: true, force: true });
  } catch (error) {
    throw writeError(error, target, null);
  }
}

/** Does `recoverFolder` for everything in `folder`. */
export async function recoverContents(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const owners = new Set(names.map((name) => LEFTOVER.exec(name)?.[1]));
  for (const owner of owners) if (owner !== undefined) await recoverFolder(join(folder, owner));
}

function isAbandoned(name: string): boolean {
  const [, , , processId, id] = LEFTOVER.exec(name)!;
  if (inProgress.has(id!)) return false;
  return Number(processId) === process.pid || !isAlive(Number(processId));
}

/** The names beside a target that a thing has on its way in (`writing`, `ready`) and out (`replaced`). */
interface Stages {
  readonly writing: string;
  readonly ready: string;
  readonly replaced: string;
}

/** Runs `work` with fresh names beside `target`, and clears away what it was making when it fails. */
async function beside(target: string, work: (stages: Stages) => Promise<void>): Promise<void> {
  const id = randomBytes(6).toString('hex');
  const name = (stage: keyof Stages) => join(dirname(target), `.${basename(target)}.${stage}-${process.pid}-${id}`);
  const stages = { writing: name('writing'), ready: name('ready'), replaced: name('replaced') };
  inProgress.add(id);
  try {
    await work(stages);
  } catch (error) {
    for (const path of [stages.writing, stages.ready]) {
      await rm(path, { recursive: true, force: true }).catch(() => {});
    }
    throw withPath(writeError(error, target, null), stages.writing, target);
  } finally {
    inProgress.delete(id);
  }
}

/** An error that names things below the path `from`, with the path or name `to` in its place; other errors pass unchanged. */
export function withPath(error: unknown, from: string, to: string): unknown {
  if (!(error instanceof TrainerError)) return error;
  const named = Object.entries(error.data).map(([key, value]) => {
    const isInside = typeof value === 'string' && value.startsWith(from);
    return [key, isInside ? `${to}${value.slice(from.length)}` : value];
  });
  return new TrainerError(error.code, Object.fromEntries(named), { cause: error });
}

/** Renames `from` to `to`; false when there is no `from`. */
async function moveAside(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await sync(path, 'r+');
  }
  await sync(folder, 'r');
}

/** Forces a file (`r+`: Windows wants the right to write) or a folder (`r`) onto the disk. */
async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  // Windows cannot open a folder, and NTFS journals renames by itself.
  if (flags === 'r' && process.platform === 'win32') return;
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Turns the system's error from writing `file` into `diskFull` or `folderNotWritable`; other errors pass unchanged. */
export function writeError(error: unknown, file: string, neededBytes: number | null): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new TrainerError('diskFull', { file, neededBytes }, { cause: error });
  }
  return new TrainerError('folderNotWritable', { folder: dirname(file), reason: String(error.code) }, { cause: error });
}
