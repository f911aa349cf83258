/**
 * Inverted-dropout masks (Srivastava et al. 2014) drawn on the host from a counter-based stream, so that a resumed
 * run draws the masks an uninterrupted one would have drawn, on any device.
 */

const TABLE_BITS = 16;

/**
 * Run lengths of kept elements: gaps[u] = floor(ln(u / 2^16) / ln(1 - p)) is geometric when u is uniform, so
 * one random number serves all elements up to the next dropped one. u = 0 stands for the tail and draws again.
 */
function gapTable(probability: number): Uint32Array {
  const size = 1 << TABLE_BITS;
  const scale = 1 / Math.log1p(-probability);
  return Uint32Array.from({ length: size }, (_, u) => Math.floor(Math.log((u === 0 ? 1 : u) / size) * scale));
}

const tables = new Map<number, Uint32Array>();

/**
 * Fills `mask` with 0 (with `probability`) or 1 / (1 - probability).
 * @param seed two 32-bit words that name the mask: the same seed gives the same mask.
 */
export function fillDropoutMask(mask: Float32Array, probability: number, seed: readonly [number, number]): void {
  mask.fill(1 / (1 - probability));
  let gaps = tables.get(probability);
  if (!gaps) {
    gaps = gapTable(probability);
    tables.set(probability, gaps);
  }
  // xorshift128 (Marsaglia 2003), its state spread from the seed by the murmur3 finaliser.
  let x = mix(seed[0] ^ 0x9e3779b9);
  let y = mix(seed[1] ^ 0x85ebca6b);
  let z = mix(x + y);
  let w = mix(y ^ 0xc2b2ae35) | 1;
  const { length } = mask;
  const cutoff = gaps[0] as number;
  let i = 0;
  while (i < length) {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    const u = w >>> (32 - TABLE_BITS);
    if (u === 0) {
      i += cutoff;
      continue;
    }
    i += gaps[u] as number;
    if (i < length) mask[i] = 0;
    i++;
  }
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
