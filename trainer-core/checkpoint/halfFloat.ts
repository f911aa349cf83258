/** Converts float16 and bfloat16 to float32 and float32 to float16, after IEEE 754-2008 binary16. */

/** float32 value of each of the 65,536 half floats: a look-up is several times as fast as the arithmetic. Built on first use. */
let halfTable: Float32Array | undefined;

function buildHalfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 31) table[half] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) table[half] = sign * fraction * 2 ** -24;
    else table[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** Fills `out` with the float32 values of the float16 bit patterns in `halves` (same length). Exact. */
export function decodeFloat16(halves: Uint16Array, out: Float32Array): void {
  halfTable ??= buildHalfTable();
  const table = halfTable;
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!;
}

/** Fills `out` with the float32 values of the bfloat16 bit patterns in `halves` (same length). Exact. */
export function decodeBfloat16(halves: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
}

/**
 * Fills `out` with the float16 bit patterns nearest to `values` (same length), ties to even.
 * Magnitudes of 65,520 and more become infinity, those below 2^-25 zero, and every NaN the quiet one, as IEEE 754 has it.
 */
export function encodeFloat16(values: Float32Array, out: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    out[i] = ((word >>> 16) & 0x8000) | halfMagnitude(word & 0x7fffffff);
  }
}

/** The float16 bits, without the sign, of a float32 magnitude given by its bits. */
function halfMagnitude(magnitude: number): number {
  if (magnitude >= 0x47800000) return magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
  if (magnitude >= 0x38800000) {
    // The exponent bias falls by 112; adding just under half a unit, plus the lowest kept bit, rounds ties to even,
    // and a carry out of the fraction rightly raises the exponent (up to infinity).
    return (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
  }
  // 2^-25 is half of the smallest subnormal: it ties to the even zero.
  if (magnitude <= 0x33000000) return 0;
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const dropped = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return dropped > half || (dropped === half && (kept & 1) === 1) ? kept + 1 : kept;
}
