/** Downloads one file over HTTP (RFC 9110) to disk: goes on by Range where the connection broke, and checks length and SHA-256. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { writeError } from '../checkpoint/atomicWrite.js';
import { TrainerError } from '../protocol/errors.js';
import { type Answer, type HubFacts, httpGet, NetworkError, wholeNumber } from './http.js';

export interface DownloadOptions {
  token: string | undefined;
  signal: AbortSignal;
  /** Bytes on disk, and of the whole file where the server says. */
  onBytes?: (done: number, total: number | null) => void;
  /** Waits after attempts that brought nothing new, in milliseconds; after the last of them the download has failed. */
  retryMs?: readonly number[];
  /** A connection that is silent for so long is given up. */
  stallMs?: number;
}

/** The statuses that are an answer: the file came, or the server does not give it or does not have it. */
const ANSWERS = [200, 401, 403, 404] as const;

export interface Downloaded {
  status: (typeof ANSWERS)[number];
  facts: HubFacts;
}

const RETRY_MS = [500, 1500, 4000, 8000];
const STALL_MS = 60_000;

/**
 * Downloads `url` to `file`. Throws `hubUnreachable`, `hubFailed`, `downloadIncomplete`, `downloadDamaged`, `diskFull`,
 * `folderNotWritable`, and an AbortError.
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<Downloaded> {
  const { retryMs = RETRY_MS, signal } = options;
  const handle = await open(file, 'w').catch((error: unknown) => {
    throw writeError(error, file, null);
  });
  const partial = new PartialFile(url, file, handle);
  try {
    let farthest = 0;
    for (let failures = 0; ; failures++) {
      try {
        return await attempt(url, partial, options);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        // A long file over a bad line may break off often, as long as each attempt brings it further.
        if (partial.bytes > farthest) failures = 0;
        farthest = Math.max(farthest, partial.bytes);
        const wait = retryMs[failures];
        if (wait === undefined) throw failure(url, farthest, partial.totalBytes, error);
        await delay(wait, undefined, { signal });
      }
    }
  } finally {
    await handle.close();
  }
}

/** Asks for what is missing and writes what comes. Throws NetworkError for what may succeed the next time. */
async function attempt(url: string, partial: PartialFile, options: DownloadOptions): Promise<Downloaded> {
  const { token, signal, onBytes = () => {}, stallMs = STALL_MS } = options;
  const answer = await httpGet(url, { token, signal, stallMs, headers: partial.wanted() });
  try {
    const status = answer.status === 206 ? 200 : ANSWERS.find((one) => one === answer.status);
    if (status === undefined) {
      if (answer.status === 416) await partial.restart();
      if ([408, 416, 429].includes(answer.status) || answer.status >= 500) {
        throw new NetworkError(`HTTP ${answer.status}`, answer.status);
      }
      throw new TrainerError('hubFailed', { url, status: answer.status });
    }
    if (status === 200) {
      await partial.begin(answer);
      onBytes(partial.bytes, partial.totalBytes);
      for await (const chunk of answer.chunks()) {
        await partial.append(chunk);
        onBytes(partial.bytes, partial.totalBytes);
      }
      partial.check();
    }
    return { status, facts: answer.facts };
  } finally {
    answer.close();
  }
}

/** What attempts that came to nothing mean to a person. */
function failure(
  url: string,
  gotBytes: number,
  expectedBytes: number | null,
  { status, reason }: NetworkError,
): TrainerError {
  if (gotBytes > 0) return new TrainerError('downloadIncomplete', { url, expectedBytes, gotBytes });
  if (status !== null) return new TrainerError('hubFailed', { url, status });
  return new TrainerError('hubUnreachable', { host: new URL(url).host, reason });
}

/** As much of a file as is on disk. */
class PartialFile {
  bytes = 0;
  /** Of the whole file, as far as the server has told. */
  totalBytes: number | null = null;
  #sha256: string | null = null;
  #hash = createHash('sha256');
  /** The server's name for this version of the file, so that parts of two versions are never put together. */
  #etag: string | null = null;

  constructor(
    readonly url: string,
    readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  /** The headers that ask for what is missing. */
  wanted(): Record<string, string> {
    if (this.bytes === 0) return {};
    const range = { Range: `bytes=${this.bytes}-` };
    // A weak name stands for files that only mean the same, and may not be used here.
    return this.#etag?.startsWith('"') ? { ...range, 'If-Range': this.#etag } : range;
  }

  /** Makes ready for the body of an answer: the rest of the file, or all of it again. */
  async begin({ status, headers, facts }: Answer): Promise<void> {
    const [, start, length] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
    const isRest = status === 206 && wholeNumber(start) === this.bytes;
    if (!isRest) await this.restart();
    if (status === 206 && !isRest) throw new NetworkError('the server sent another part than was asked for');
    this.totalBytes = facts.sizeBytes ?? wholeNumber(status === 206 ? length : headers.get('content-length'));
    this.#sha256 = facts.sha256;
    this.#etag = headers.get('etag');
  }

  async append(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await this.handle.write(chunk, at, chunk.length - at, this.bytes + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw writeError(error, this.file, this.totalBytes);
    }
    this.#hash.update(chunk);
    this.bytes += chunk.length;
  }

  async restart(): Promise<void> {
    if (this.bytes === 0) return;
    await this.handle.truncate(0);
    this.bytes = 0;
    this.#hash = createHash('sha256');
  }

  /** Throws NetworkError when the file is not whole, `downloadDamaged` when its checksum is wrong. */
  check(): void {
    const { url, bytes, totalBytes } = this;
    if (totalBytes !== null && bytes !== totalBytes) throw new NetworkError(`${bytes} of ${totalBytes} bytes`);
    const got = this.#hash.digest('hex');
    if (this.#sha256 !== null && got !== this.#sha256) {
      throw new TrainerError('downloadDamaged', { url, expectedSha256: this.#sha256, gotSha256: got });
    }
  }
}
