/** Unpacks a file of any compression, as a stream. */
import { availableParallelism } from 'node:os';
import { TrainerError } from '../protocol/errors.js';
import type { Unpacker } from '../protocol/jobs.js';
import { readBytes } from './fileBytes.js';
import type { InputFile } from './inputs.js';
import { filterBy, isInstalled } from './program.js';
import { unpackBzip2 } from './unpackBzip2.js';
import type { Unpacked } from './unpacked.js';
import { createZstdDecompress, unpackZlib } from './unpackZlib.js';

/** Below this size of the file, starting threads costs more than they gain. */
const THREADS_FROM_BYTES = 4 * 1024 * 1024;
const MOST_THREADS = 8;

export type Packed = Pick<InputFile, 'file' | 'compression' | 'sizeBytes'>;

/** What unpacks this file here. Throws `zstdUnavailable`. */
export function unpackerOf(input: Packed): Unpacker {
  switch (input.compression) {
    case 'none':
      return 'none';
    case 'gz':
      return 'zlib';
    case 'zst':
      if (createZstdDecompress) return 'zlib';
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
 * Throws `fileNotFound`, `fileUnreadable`, `packedFileDamaged` for damage that cannot be read past, and the signal's reason.
 */
export function unpack(input: Packed, start: number, by: Unpacker, signal: AbortSignal): AsyncGenerator<Unpacked> {
  const { file } = input;
  switch (by) {
    case 'none':
      return plain(file, start, signal);
    case 'zlib':
      return unpackZlib(file, input.compression === 'gz' ? 'gz' : 'zst', signal);
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
    throw new TrainerError('packedFileDamaged', { file, offsetBytes: position });
  }
  yield { kind: 'fault', fault: 'truncated', offsetBytes: position };
}
