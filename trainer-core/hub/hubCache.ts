/** One model in the cache that Hugging Face's programs share: contents under their hashes, and for each commit a folder of links to them (huggingface.co/docs/huggingface_hub/guides/manage-cache). */
import { randomBytes } from 'node:crypto';
import { copyFile, link, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { atomicFile, makeFolder, writeError } from '../checkpoint/atomicWrite.js';
import { isAlive } from '../checkpoint/livingProcess.js';
import { isContentHash } from './contentHash.js';

/** What this process is downloading: a process id comes back after a restart, these do not. */
const inProgress = new Set<string>();

/** A file of a commit, as it lies in the cache. */
export interface CachedFile {
  path: string;
  /** What the cache calls its contents; null where it holds a copy instead of a link. */
  hash: string | null;
}

/** A model's part of the cache. Its methods that write throw `diskFull` and `folderNotWritable`. */
export class HubCache {
  readonly #folder: string;

  /** `folder`: as in `HubSettings`. */
  constructor(folder: string, id: string) {
    this.#folder = join(folder, `models--${id.replaceAll('/', '--')}`);
  }

  /** The commit that a branch or tag stood for when it was last asked for; null when it never was. */
  async commitOf(revision: string): Promise<string | null> {
    const text = await readFile(join(this.#folder, 'refs', revision), 'utf8').catch(() => '');
    return isContentHash(text.trim()) ? text.trim() : null;
  }

  async keepCommit(revision: string, commit: string): Promise<void> {
    if (revision !== commit && revision !== '') await atomicFile(join(this.#folder, 'refs', revision), commit);
  }

  /** Where the contents of this hash lie, or would. */
  blob(hash: string): string {
    return join(this.#folder, 'blobs', hash);
  }

  /** A file of a commit; null when it is not there. */
  async find(commit: string, file: string): Promise<CachedFile | null> {
    const path = this.#pointer(commit, file);
    const target = await realpath(path).catch(() => null);
    if (target === null) return null;
    const name = basename(target);
    return { path, hash: isContentHash(name) ? name : null };
  }

  /** A file to download contents into, with what processes that are gone have left of them. Must be given back by `release`. */
  async claim(hash: string): Promise<string> {
    const blob = this.blob(hash);
    try {
      await makeFolder(dirname(blob));
      const mine = `${blob}.${process.pid}-${randomBytes(4).toString('hex')}.incomplete`;
      inProgress.add(mine);
      for (const path of await this.#abandoned(hash)) {
        // Another process may be faster: then there is none of that name any more.
        const isTaken = await rename(path, mine).then(
          () => true,
          () => false,
        );
        if (isTaken) break;
      }
      return mine;
    } catch (error) {
      throw writeError(error, blob, null);
    }
  }

  /** Leaves what was claimed to the next who wants it. */
  release(claimed: string): void {
    inProgress.delete(claimed);
  }

  /** Makes what was claimed, now whole, the contents of this hash. Two that do so at once do no harm: both have the same. */
  async keep(claimed: string, hash: string): Promise<void> {
    try {
      await rename(claimed, this.blob(hash)).catch(async (error: unknown) => {
        // On another machine with the same disk our process looks gone: there ours may have been taken, and be whole by now.
        if (!(await stat(this.blob(hash)).catch(() => null))) throw error;
      });
      for (const path of await this.#abandoned(hash)) await rm(path, { force: true });
    } catch (error) {
      throw writeError(error, this.blob(hash), null);
    }
  }

  /** Lets a file of a commit stand for these contents, and gives its path. */
  async point(commit: string, file: string, hash: string): Promise<string> {
    const path = this.#pointer(commit, file);
    const blob = this.blob(hash);
    const beside = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}`);
    try {
      await makeFolder(dirname(path));
      // Windows lets only few make a symbolic link. A hard link takes no room either; a copy does, but works everywhere.
      await symlink(relative(dirname(path), blob), beside)
        .catch(() => link(blob, beside))
        .catch(() => copyFile(blob, beside));
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw writeError(error, path, null);
    }
    return path;
  }

  #pointer(commit: string, file: string): string {
    return join(this.#folder, 'snapshots', commit, file);
  }

  /** What processes that are gone had begun of these contents, the most of it first. */
  async #abandoned(hash: string): Promise<string[]> {
    const folder = dirname(this.blob(hash));
    const found: { path: string; size: number }[] = [];
    for (const name of await readdir(folder)) {
      const owner = /^([0-9a-f]+)\.(\d+)-[0-9a-f]{8}\.incomplete$/.exec(name);
      if (owner?.[1] !== hash) continue;
      const path = join(folder, name);
      const isLeft = !inProgress.has(path) && (Number(owner[2]) === process.pid || !isAlive(Number(owner[2])));
      if (isLeft) found.push({ path, size: (await stat(path).catch(() => null))?.size ?? 0 });
    }
    return found.sort((a, b) => b.size - a.size).map(({ path }) => path);
  }
}
