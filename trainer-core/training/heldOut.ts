/** Which sequences of a corpus are held out for validation, and how those that are left are numbered. */
import type { Random } from '../corpus/random.js';

/** Part of the corpus that may be held out at most. */
const MOST = 0.1;

export interface HeldOut {
  /** The sequences held out, ascending. */
  validation: Uint32Array;
  /** The sequences to learn from, ascending; null: all of them. */
  training: Uint32Array | null;
}

/** Draws `wanted` of `length` sequences without replacement, but no more than a tenth of them. The same stream draws the same. */
export function holdOut(length: number, wanted: number, random: Random): HeldOut {
  const count = Math.min(wanted, Math.floor(length * MOST));
  if (count === 0) return { validation: new Uint32Array(0), training: null };
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(random.below(length));
  const training = new Uint32Array(length - count);
  let at = 0;
  for (let i = 0; i < length; i++) if (!drawn.has(i)) training[at++] = i;
  return { validation: Uint32Array.from(drawn).sort(), training };
}
