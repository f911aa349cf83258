/**
 * What a classifier loses with each word: the word's pieces are masked and the text is read again (occlusion of Zeiler and Fergus
 * 2014; for words, erasure of Li et al. 2016).
 */
import { masked, type ReadText } from './readText.js';

/** Sequences that are scored in one go, for progress and a stop between: many batches of a classifier. */
const SEQUENCES_AT_ONCE = 128;

export interface OcclusionOptions {
  maskId: number;
  /** The logits of each of these sequences. */
  run(sequences: readonly Int32Array[]): Promise<readonly Float32Array[]>;
  /** What is explained, of one row of logits for each sequence of the text. */
  score(rows: readonly Float32Array[]): number;
  /** Told how many words are done. */
  onWords?(done: number): void;
}

/** For each word the score of the text minus its score without the word; null for words that are not read. `rows`: the logits of the text. */
export async function occlusion(
  { units, sequences }: ReadText,
  rows: readonly Float32Array[],
  { maskId, run, score, onWords }: OcclusionOptions,
): Promise<(number | null)[]> {
  const whole = score(rows);
  const weights: (number | null)[] = [];
  const wordsAtOnce = Math.ceil(SEQUENCES_AT_ONCE / sequences.length);
  for (let start = 0; start < units.length; start += wordsAtOnce) {
    const variants = units.slice(start, start + wordsAtOnce).map(({ firstPiece, lastPiece }) => ({
      withoutWord: sequences.map((sequence) => masked(sequence, maskId, firstPiece, lastPiece)),
    }));
    const asked = variants.flatMap(({ withoutWord }) => withoutWord.filter((ids) => ids !== null));
    const answers = (await run(asked)).values();
    for (const { withoutWord } of variants) {
      // A sequence without the word reads as before.
      const changed = withoutWord.map((ids, s) => (ids === null ? rows[s]! : answers.next().value!));
      weights.push(withoutWord.every((ids) => ids === null) ? null : whole - score(changed));
    }
    onWords?.(weights.length);
  }
  return weights;
}
