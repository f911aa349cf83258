/** Size and SHA-256 of a file of any size, read in pieces. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const PIECE_BYTES = 1024 * 1024;

/** Size and SHA-256 in hex. `onRead` is told the bytes of each piece. Throws the system's errors and the signal's reason. */
export async function fileDigest(
  file: string,
  onRead: (bytes: number) => void = () => {},
  signal?: AbortSignal,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const handle = await open(file, 'r');
  try {
    for (let sizeBytes = 0; ; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, sizeBytes);
      if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, bytesRead));
      sizeBytes += bytesRead;
      onRead(bytesRead);
    }
  } finally {
    await handle.close();
  }
}
