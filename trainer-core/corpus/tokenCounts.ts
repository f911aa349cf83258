/** `counts.bin` of a corpus: how often each id stands in all sequences made, as 64-bit unsigned integers, little-endian. */

/** Bytes of a count. */
export const COUNT_BYTES = 8;

/** The file's contents. Counts are whole and below 2^53. */
export function encodeTokenCounts(counts: Float64Array): Uint8Array {
  return new Uint8Array(BigUint64Array.from(counts, BigInt).buffer);
}

/** The counts `[V]` from the file's contents, a multiple of 8 bytes. */
export function decodeTokenCounts(bytes: Uint8Array): Float64Array {
  // A copy: Node's small buffers are parts of a larger one, and `slice` of a Buffer does not copy.
  return Float64Array.from(new BigUint64Array(Uint8Array.from(bytes).buffer), Number);
}
