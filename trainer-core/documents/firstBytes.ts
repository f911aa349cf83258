/** The beginning of a file, unpacked, to see what it is. */
import { type Packed, unpack, unpackerOf } from './unpack.js';

/**
 * The first unpacked bytes of a file: at least up to where `enough` holds, or `mostBytes`, or all. `damaged` when some are missing.
 * Throws what `unpack` throws, and `zstdUnavailable`.
 */
export async function firstBytes(
  file: Packed,
  mostBytes: number,
  signal: AbortSignal,
  enough: (bytes: Buffer) => boolean = () => false,
): Promise<{ bytes: Buffer; damaged: boolean }> {
  // A program or threads would unpack far more than is needed.
  const by = file.compression === 'bz2' ? 'inProcess' : unpackerOf(file);
  let bytes: Buffer = Buffer.alloc(0);
  for await (const item of unpack(file, 0, by, signal)) {
    if (item.kind === 'fault') return { bytes, damaged: true };
    if (item.kind === 'bytes') bytes = Buffer.concat([bytes, item.bytes]);
    if (bytes.length >= mostBytes || enough(bytes)) break;
  }
  return { bytes, damaged: false };
}
