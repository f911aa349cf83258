/** Where the files of a model to be imported come from; here: a folder on this machine. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeChunks } from '../checkpoint/atomicWrite.js';
import { readError } from '../checkpoint/inputFile.js';
import type { OnStage } from '../protocol/jobs.js';

export interface ModelSource {
  /** What errors call the model. */
  readonly name: string;
  /** Brings a file into `folder`; false when there is none of that name. Throws an AbortError. */
  fetch(file: string, folder: string, signal: AbortSignal, onStage: OnStage): Promise<boolean>;
  /** What the source knows better than what has thrown `error`; else `error` itself. */
  explain?(error: unknown): unknown;
}

/** A folder; links in it, as in Hugging Face's cache, are followed. */
export class FolderSource implements ModelSource {
  constructor(readonly name: string) {}

  /** Throws `fileUnreadable`, `diskFull`, `folderNotWritable`. */
  async fetch(file: string, folder: string, signal: AbortSignal, onStage: OnStage): Promise<boolean> {
    const path = join(this.name, file);
    if ((await stat(path).catch(() => null)) === null) return false;
    await copyInto(folder, file, path, signal, onStage);
    return true;
  }
}

/** Copies the file at `path` to `file` in `folder`. Throws `fileNotFound`, `fileUnreadable`, `diskFull`, `folderNotWritable`, an AbortError. */
export async function copyInto(
  folder: string,
  file: string,
  path: string,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<void> {
  const { size: total } = await stat(path).catch((error: unknown) => {
    throw readError(error, path);
  });
  const onBytes = (done: number) => onStage({ phase: 'copying', done, total, unit: 'bytes', file });
  await writeChunks(join(folder, file), chunksOf(path, signal, onBytes), total);
}

async function* chunksOf(file: string, signal: AbortSignal, onBytes: (done: number) => void): AsyncGenerator<Buffer> {
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024, signal });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      yield chunk;
      onBytes(stream.bytesRead);
    }
  } catch (error) {
    throw readError(error, file);
  }
}
