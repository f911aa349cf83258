/** Downloads one file of known contents over HTTP (RFC 9110) to disk: goes on by Range where the connection broke or a process ended, and checks length and hash. */
import { constants } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeError } from '../checkpoint/atomicWrite.js';
import { TrainerError } from '../protocol/errors.js';
import { ContentHash } from './contentHash.js';
import { NetworkError } from './hubFetch.js';
import { silenceLimit } from './silence.js';

/** What is to come. */
export interface Expected {
  sizeBytes: number;
  /** The hash that the hub calls the contents by. */
  hash: string;
}

export interface DownloadOptions {
  fetch: typeof fetch;
  signal: AbortSignal;
  /** Bytes on disk so far. */
  onBytes?: (done: number) => void;
  /** Waits after attempts that brought nothing new, in milliseconds; after the last of them the download has failed. */
  retryMs?: readonly number[];
  /** A connection that is silent for so long is given up. */
  silenceMs?: number;
}

/** After attempts that may succeed the next time. */
export const RETRY_MS: readonly number[] = [500, 1500, 4000, 8000];
export const SILENCE_MS = 60_000;

/**
 * Downloads `url` to `file`, going on with what the file already holds. False when the server refuses the file (401, 403).
 * What has come stays in the file when this fails, for the next time. Throws `hubUnreachable`, `hubFailed`, `downloadIncomplete`,
 * `downloadDamaged`, `diskFull`, `folderNotWritable`, and an AbortError.
 */
export async function download(
  url: string,
  file: string,
  expected: Expected,
  options: DownloadOptions,
): Promise<boolean> {
  const { retryMs = RETRY_MS, signal, onBytes = () => {} } = options;
  const partial = await PartialFile.open(file, expected);
  try {
    // What an earlier process left may be of a damaged disk or transfer: then all of it is fetched once more.
    let mayBeOld = partial.bytes > 0;
    let farthest = partial.bytes;
    onBytes(partial.bytes);
    for (let failures = 0; ; failures++) {
      try {
        if (partial.bytes < expected.sizeBytes && !(await attempt(url, partial, options))) return false;
        const got = partial.hash();
        if (got === expected.hash) {
          await partial.sync();
          return true;
        }
        await partial.restart();
        if (!mayBeOld) throw damaged(url, 'hash', expected.hash, got);
        mayBeOld = false;
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        // A long file over a bad line may break off often, as long as each attempt brings it further.
        if (partial.bytes > farthest) failures = 0;
        farthest = Math.max(farthest, partial.bytes);
        const wait = retryMs[failures];
        if (wait === undefined) throw failure(url, partial.bytes, expected.sizeBytes, error);
        await delay(wait, undefined, { signal });
      }
    }
  } finally {
    await partial.close();
  }
}

/** Asks for what is missing and writes what comes; false when it is refused. Throws NetworkError for what may succeed the next time. */
async function attempt(url: string, partial: PartialFile, options: DownloadOptions): Promise<boolean> {
  const { fetch, signal, onBytes = () => {}, silenceMs = SILENCE_MS } = options;
  const limit = silenceLimit(signal, silenceMs);
  const range = partial.bytes > 0 ? { Range: `bytes=${partial.bytes}-` } : {};
  try {
    // Packed bodies would come unpacked, and no length or range would fit any more.
    const headers = { 'Accept-Encoding': 'identity', ...range };
    const response = await fetch(url, { headers, signal: limit.signal });
    limit.heard();
    try {
      if (response.status === 401 || response.status === 403) return false;
      await partial.begin(url, response);
      onBytes(partial.bytes);
      for await (const chunk of response.body ?? []) {
        limit.heard();
        await partial.append(url, chunk);
        onBytes(partial.bytes);
      }
    } finally {
      await response.body?.cancel().catch(() => {});
    }
  } catch (error) {
    if (limit.signal.aborted) throw limit.signal.reason;
    if (error instanceof TrainerError || error instanceof NetworkError) throw error;
    throw new NetworkError('the connection broke off', null, null, { cause: error });
  } finally {
    limit.end();
  }
  if (partial.isShort) throw new NetworkError(`only ${partial.bytes} bytes`);
  return true;
}

/** What attempts that came to nothing mean to a person. */
function failure(
  url: string,
  gotBytes: number,
  expectedBytes: number,
  { status, reason, host }: NetworkError,
): TrainerError {
  if (gotBytes > 0) return new TrainerError('downloadIncomplete', { url, expectedBytes, gotBytes });
  if (status !== null) return new TrainerError('hubFailed', { url, status });
  return new TrainerError('hubUnreachable', { host: host ?? new URL(url).host, reason });
}

function damaged(url: string, what: 'hash' | 'size', expected: string | number, got: string | number): TrainerError {
  return new TrainerError('downloadDamaged', { url, what, expected: String(expected), got: String(got) });
}

/** Throws `diskFull` before anything is fetched in vain. */
async function requireRoom(file: string, neededBytes: number): Promise<void> {
  const disk = await statfs(dirname(file)).catch(() => null);
  // Some file systems say 0 for not knowing.
  if (disk !== null && disk.blocks > 0 && disk.bavail * disk.bsize < neededBytes)
    throw new TrainerError('diskFull', { file, neededBytes });
}

/** As much of a file as is on disk. */
class PartialFile {
  #bytes = 0;
  #hash: ContentHash;

  private constructor(
    readonly file: string,
    readonly expected: Expected,
    private readonly handle: FileHandle,
  ) {
    this.#hash = new ContentHash(expected.hash, expected.sizeBytes);
  }

  /** Takes up what is there. */
  static async open(file: string, expected: Expected): Promise<PartialFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, constants.O_RDWR | constants.O_CREAT);
      const partial = new PartialFile(file, expected, handle);
      const { size } = await handle.stat();
      if (size > expected.sizeBytes) await handle.truncate(expected.sizeBytes);
      const end = Math.min(size, expected.sizeBytes) - 1;
      if (end >= 0) {
        for await (const chunk of handle.createReadStream({ start: 0, end, autoClose: false })) partial.#count(chunk);
      }
      await requireRoom(file, expected.sizeBytes - partial.bytes);
      return partial;
    } catch (error) {
      await handle?.close();
      throw writeError(error, file, expected.sizeBytes);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isShort(): boolean {
    return this.#bytes < this.expected.sizeBytes;
  }

  /** Makes ready for the body of an answer: the rest of the file, or all of it again. */
  async begin(url: string, { status, headers }: Response): Promise<void> {
    if (status === 416) await this.restart();
    if ([408, 416, 429].includes(status) || status >= 500) throw new NetworkError(`HTTP ${status}`, status);
    if (status !== 200 && status !== 206) throw new TrainerError('hubFailed', { url, status });
    const [, start, whole] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
    const isRest = status === 206 && Number(start) === this.#bytes;
    if (!isRest) await this.restart();
    if (status === 206 && !isRest) throw new NetworkError('the server sent another part than was asked for');
    const size = Number(status === 206 ? whole : (headers.get('content-length') ?? Number.NaN));
    if (Number.isSafeInteger(size) && size !== this.expected.sizeBytes) throw await this.#wrongSize(url, size);
  }

  async append(url: string, chunk: Uint8Array): Promise<void> {
    const size = this.#bytes + chunk.length;
    if (size > this.expected.sizeBytes) throw await this.#wrongSize(url, size);
    try {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await this.handle.write(chunk, at, chunk.length - at, this.#bytes + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw writeError(error, this.file, this.expected.sizeBytes);
    }
    this.#count(chunk);
  }

  async restart(): Promise<void> {
    if (this.#bytes === 0) return;
    await this.handle.truncate(0);
    this.#bytes = 0;
    this.#hash = new ContentHash(this.expected.hash, this.expected.sizeBytes);
  }

  /** Of the whole file; to be asked once. */
  hash(): string {
    return this.#hash.hex();
  }

  /** Puts everything onto the disk. */
  async sync(): Promise<void> {
    await this.handle.sync().catch((error: unknown) => {
      throw writeError(error, this.file, this.expected.sizeBytes);
    });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  #count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  async #wrongSize(url: string, got: number): Promise<TrainerError> {
    await this.restart();
    return damaged(url, 'size', this.expected.sizeBytes, got);
  }
}
