/**
 * Unicode normalisation form KC (UAX #15), and from which part of the original each code unit of its result came.
 *
 * Node's Unicode version changes with Node, but ids must not: the text is normalised as of Unicode 14, the version of
 * the Python 3.11 our references come from. Normalisation of assigned characters never changes (UAX #15, section 3),
 * so leaving alone the few that newer versions gave a decomposition, a composition or a combining class is enough.
 */

import { orderLongRuns } from './markOrder.js';

/** Blocks unassigned in Unicode 14 in which versions up to 17 hold every character that matters to normalisation. */
const NEWER_BLOCKS = [
  '\\u0897\\u1acf-\\u1add\\u1ae0-\\u1aeb\\ua7f1\\u{105c9}-\\u{105e4}\\u{10d69}-\\u{10d6d}\\u{10efa}-\\u{10eff}',
  '\\u{11380}-\\u{113ff}\\u{11f41}\\u{11f42}\\u{16100}-\\u{1613f}\\u{16d40}-\\u{16d7f}\\u{1ccd6}-\\u{1ccf9}',
  '\\u{1e030}-\\u{1e06d}\\u{1e08f}\\u{1e4ec}-\\u{1e4ef}\\u{1e5ee}\\u{1e5ef}\\u{1e6e3}-\\u{1e6f5}',
];
const NEWER = new RegExp(`([${NEWER_BLOCKS.join('')}]+)`, 'u');

/** A character with all that may be composed with it: marks, vowels and finals of Hangul, sound marks of half-width kana. */
const RUN = /.[\p{M}\u0e33\u0eb3\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc]*/gsu;

/** NFKC as of Unicode 14. Lone surrogates stay as they are. */
export function normalize(text: string): string {
  if (!NEWER.test(text)) return orderLongRuns(text).normalize('NFKC');
  // With the group in NEWER, split puts the newer characters at the odd places.
  const parts = text.split(NEWER).map((part, i) => (i % 2 === 0 ? orderLongRuns(part).normalize('NFKC') : part));
  return parts.join('');
}

/** For each code unit of a normalised text, the part of the original it came from. */
export interface Alignment {
  starts: Int32Array;
  ends: Int32Array;
}

/** Aligns `normalized`, the result of `normalize(original)`. Both arrays are as long as it, and never descend. */
export function align(original: string, normalized: string): Alignment {
  const starts = new Int32Array(normalized.length);
  const ends = new Int32Array(normalized.length);
  let to = 0;
  for (const { index, 0: run } of original.matchAll(RUN)) {
    const result = normalize(run);
    for (let i = 0; i < result.length; i++, to++) {
      // Characters that change together all come from the whole run.
      starts[to] = result === run ? index + i : index;
      ends[to] = result === run ? index + i + 1 : index + run.length;
    }
  }
  return { starts, ends };
}
