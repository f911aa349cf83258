/** How long texts are. */
import type { TextLengths } from '../protocol/dataSummary.js';

/** Bins of a histogram, up to the longest text. */
const BINS = 16;

/**
 * The histogram of lengths, in at most 16 bins of a width that is 1, 2 or 5 times a power of ten.
 * @param lengths pieces of each text, at least one.
 */
export function lengthsOf(lengths: Uint32Array, maxSeqLength: number, sequences: number): TextLengths {
  const sorted = lengths.slice().sort();
  const longest = sorted.at(-1)!;
  const binWidth = roundWidth((longest + 1) / BINS);
  const counts = new Array<number>(Math.floor(longest / binWidth) + 1).fill(0);
  for (const length of lengths) counts[Math.floor(length / binWidth)]! += 1;
  const middle = sorted.length >> 1;
  return {
    binWidth,
    counts,
    mean: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
    median: sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    longest,
    maxSeqLength,
    cut: lengths.reduce((n, length) => n + (length > maxSeqLength ? 1 : 0), 0),
    sequences,
  };
}

/** The smallest of 1, 2, 5, 10, 20 … that is not below `width`. */
function roundWidth(width: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power >= width) return factor * power;
  }
}
