/** Unpacks a file of any compression, as a stream. */
import { availableParallelism } from 'node:os';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { readError } from '../corpus/readError.js';
import { TrainerError } from '../protocol/errors.js';
import type { Unpacker } from '../protocol/jobs.js';
import { readBytes } from './fileBytes.js';
import type { InputFile } from './inputs.js';
import { filterBy, isInstalled } from './program.js';
import { unpackBzip2 } from './unpackBzip2.js';
import type { Unpacked } from './unpacked.js';

/** Below this size of the file, starting threads costs more than they gain. */
const THREADS_FROM_BYTES = 4 * 1024 * 1024;
const MOST_THREADS = 8;

/** zlib's decoder of Zstandard, which Node has from 22.15 on. */
const zstdDecompress = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

export type Packed = Pick<InputFile, 'file' | 'compression' | 'sizeBytes'>;

/** What unpacks this file here. Throws `zstdUnavailable`. */
export function unpackerOf(input: Packed): Unpacker {
  switch (input.compression) {
    case 'none':
      return 'none';
    case 'gz':
      return 'zlib';
    case 'zst':
      if (zstdDecompress) return 'zlib';
      if (isInstalled('zstd')) return 'zstd';
      throw new TrainerError('zstdUnavailable', { file: input.file });
    case 'bz2':
      if (isInstalled('lbzip2')) return 'lbzip2';
      if (isInstalled('pbzip2')) return 'pbzip2';
      return threadsFor(input) > 1 ? 'threads' : 'inProcess';
  }
}

function threadsFor({ sizeBytes }: Packed): number {
  return sizeBytes < THREADS_FROM_BYTES ? 1 : Math.min(availableParallelism(), MOST_THREADS);
}

/**
 * The unpacked bytes of a file from `start` on, which is 0, where a `restart` was, or any place of a file that is not packed.
 * What is given, apart from how the bytes are cut, does not depend on `by`.
 * Throws `fileNotFound`, `fileUnreadable` (also for damage that cannot be read past) and the signal's reason.
 */
export function unpack(input: Packed, start: number, by: Unpacker, signal: AbortSignal): AsyncGenerator<Unpacked> {
  const { file } = input;
  switch (by) {
    case 'none':
      return plain(file, start, signal);
    case 'zlib':
      return byZlib(file, input.compression === 'gz' ? zlib.createGunzip() : zstdDecompress!(), signal);
    case 'zstd':
      return byZstd(file, signal);
    case 'lbzip2':
    case 'pbzip2':
      return unpackBzip2(file, start, { program: by, threads: threadsFor(input) }, signal);
    case 'threads':
      return unpackBzip2(file, start, { program: null, threads: Math.max(2, threadsFor(input)) }, signal);
    case 'inProcess':
      return unpackBzip2(file, start, { program: null, threads: 1 }, signal);
  }
}

async function* plain(file: string, start: number, signal: AbortSignal): AsyncGenerator<Unpacked> {
  let position = start;
  for await (const bytes of readBytes(file, start, signal)) {
    position += bytes.length;
    yield { kind: 'bytes', bytes, readBytes: position };
  }
}

/** Feeds the file to a decoder of zlib. All that it made of a file that breaks off is given. */
async function* byZlib(file: string, decoder: Transform, signal: AbortSignal): AsyncGenerator<Unpacked> {
  let made: Buffer[] = [];
  let failure: NodeJS.ErrnoException | null = null;
  // Taken as it is made: an async iterator would lose what is buffered when an error comes.
  decoder.on('data', (bytes: Buffer) => made.push(bytes));
  const failed = new Promise<void>((resolve) => {
    decoder.on('error', (error) => {
      failure = error;
      resolve();
    });
  });
  const ended = new Promise<void>((resolve) => decoder.on('end', resolve));
  let position = 0;
  try {
    for await (const piece of readBytes(file, 0, signal)) {
      const written = new Promise<void>((resolve) => decoder.write(piece, () => resolve()));
      await Promise.race([written, failed]);
      position += piece.length;
      yield* made.splice(0).map((bytes): Unpacked => ({ kind: 'bytes', bytes, readBytes: position }));
      if (failure !== null) break;
    }
    if (failure === null) {
      decoder.end();
      await Promise.race([ended, failed]);
    }
    yield* made.splice(0).map((bytes): Unpacked => ({ kind: 'bytes', bytes, readBytes: position }));
    if (failure === null) return;
    if (!breaksOff(failure)) throw readError(failure, file);
    yield { kind: 'fault', fault: 'truncated', offsetBytes: position };
  } finally {
    made = [];
    decoder.destroy();
  }
}

function breaksOff(error: NodeJS.ErrnoException): boolean {
  return error.code === 'Z_BUF_ERROR';
}

async function* byZstd(file: string, signal: AbortSignal): AsyncGenerator<Unpacked> {
  let position = 0;
  const pieces = async function* () {
    for await (const piece of readBytes(file, 0, signal)) {
      position += piece.length;
      yield piece;
    }
  };
  const output = filterBy('zstd', ['-dcq'], pieces(), signal);
  let end = await output.next();
  try {
    for (; !end.done; end = await output.next()) yield { kind: 'bytes', bytes: end.value, readBytes: position };
  } finally {
    await output.return({ ok: false, said: '' });
  }
  if (end.value.ok) return;
  if (!/premature end/.test(end.value.said)) {
    throw new TrainerError('fileUnreadable', { file, reason: end.value.said.trim() });
  }
  yield { kind: 'fault', fault: 'truncated', offsetBytes: position };
}
