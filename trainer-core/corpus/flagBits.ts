/** Flags as bits, eight a byte, lowest first: how a corpus says where words begin. */

/** `flags`, one byte each (0 or 1), as bits after the `used` lowest bits of `first`. */
export function packFlags(flags: Uint8Array, used = 0, first = 0): Uint8Array {
  const bits = new Uint8Array(Math.ceil((used + flags.length) / 8));
  if (used > 0) bits[0] = first;
  for (let k = 0; k < flags.length; k++) bits[(used + k) >>> 3]! |= (flags[k]! & 1) << ((used + k) & 7);
  return bits;
}

/** `count` flags, one byte each (0 or 1), from the bits that follow the first `skipped`. */
export function unpackFlags(bits: Uint8Array, skipped: number, count: number): Uint8Array {
  const flags = new Uint8Array(count);
  for (let k = 0; k < count; k++) flags[k] = (bits[(skipped + k) >>> 3]! >>> ((skipped + k) & 7)) & 1;
  return flags;
}
