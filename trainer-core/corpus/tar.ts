/** Reads the files in a `.tar` or `.tar.gz` in memory, as POSIX.1-1988 (ustar) lays them out, with GNU's long names. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TrainerError } from '../protocol/errors.js';
import { readError } from './readError.js';

const BLOCK_BYTES = 512;

/**
 * The regular files of an archive, by the name they have in it and in its order; the bytes are views, not copies.
 * Folders, links and devices are left out. Throws `fileNotFound`, `fileUnreadable` or `archiveInvalid`.
 */
export function readTar(file: string): Map<string, Buffer> {
  let archive: Buffer | null = null;
  try {
    archive = readFileSync(file);
    if (archive[0] === 0x1f && archive[1] === 0x8b) archive = gunzipSync(archive);
  } catch (error) {
    if (archive && (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') {
      throw new TrainerError('archiveInvalid', { file, offset: archive.length, reason: 'truncated' }, { cause: error });
    }
    throw readError(error, file);
  }
  const files = new Map<string, Buffer>();
  let longName: string | null = null;
  for (let at = 0; at + BLOCK_BYTES <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    if (header[0] === 0) return files; // An archive ends with blocks of zeros.
    if (!checksumHolds(header)) throw new TrainerError('archiveInvalid', { file, offset: at, reason: 'checksum' });
    const size = octal(header, 124, 12);
    const start = at + BLOCK_BYTES;
    if (!(start + size <= archive.length)) {
      throw new TrainerError('archiveInvalid', { file, offset: at, reason: 'truncated' });
    }
    const body = archive.subarray(start, start + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') {
      longName = text(body, 0, body.length);
    } else {
      if (type === '0' || type === '\0') files.set(longName ?? headerName(header), body);
      longName = null;
    }
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new TrainerError('archiveInvalid', { file, offset: archive.length, reason: 'truncated' });
}

function headerName(header: Buffer): string {
  const name = text(header, 0, 100);
  const prefix = text(header, 257, 6) === 'ustar' ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(bytes: Buffer, start: number, length: number): string {
  const zero = bytes.indexOf(0, start);
  return bytes.toString('utf8', start, zero < 0 ? start + length : Math.min(zero, start + length));
}

function octal(bytes: Buffer, start: number, length: number): number {
  return Number.parseInt(text(bytes, start, length).trim() || '0', 8);
}

/** The header's checksum is the sum of its bytes, with the checksum's own eight bytes taken as spaces. */
function checksumHolds(header: Buffer): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  return sum === octal(header, 148, 8);
}
