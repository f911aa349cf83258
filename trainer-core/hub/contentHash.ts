/** The hub names a file's contents by their hash, in its lists and in the cache: SHA-256 in large-file storage, else git's own SHA-1. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** True for such names; anything else must not become a file's name. */
export function isContentHash(name: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

/** Takes the contents piece by piece, whose hash then is to be `name`. */
export class ContentHash {
  readonly #hash;

  constructor(name: string, sizeBytes: number) {
    this.#hash = createHash(name.length === 64 ? 'sha256' : 'sha1');
    // What git hashes is an object: its type, its length and a zero, then the contents.
    if (name.length === 40) this.#hash.update(`blob ${sizeBytes}\0`);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}

/** True when the file has the contents that `name` stands for; false also when it is not there. Throws an AbortError. */
export async function hasContent(
  file: string,
  name: string,
  signal: AbortSignal,
  onBytes: (done: number, total: number) => void = () => {},
): Promise<boolean> {
  const size = (await stat(file).catch(() => null))?.size;
  if (size === undefined) return false;
  const hash = new ContentHash(name, size);
  let done = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      done += chunk.length;
      onBytes(done, size);
    }
  } catch {
    signal.throwIfAborted();
    return false;
  }
  return hash.hex() === name;
}
