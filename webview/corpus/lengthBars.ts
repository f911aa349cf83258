/** The histogram of sequence lengths in as many bars as can be told apart. */

import type { CorpusReport } from '../../trainer-core/protocol/corpusManifest.js';

/** Sequences of `from` to `to` pieces. */
export interface LengthBar {
  from: number;
  to: number;
  count: number;
}

/**
 * At most `most` bars of the same width over all lengths that there are; several bins of the report go into one where there are more.
 * Empty bars before the first and after the last sequence are left out.
 */
export function lengthBars({ binWidth, counts }: CorpusReport['lengths'], most: number): LengthBar[] {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first < 0) return [];
  const bins = Math.ceil((last - first + 1) / most);
  const bars: LengthBar[] = [];
  // Bars begin at multiples of their width, so that their edges are round where the bins' are.
  for (let bin = first - (first % bins); bin <= last; bin += bins) {
    const count = counts.slice(bin, bin + bins).reduce((sum, each) => sum + each, 0);
    bars.push({ from: bin * binWidth, to: (bin + bins) * binWidth - 1, count });
  }
  return bars;
}
