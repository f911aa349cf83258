/** The texts of a classifier as sequences in memory. */
import { type SequenceStore, SequenceStoreBuilder } from './sequenceStore.js';

/** What this needs of a tokenizer. */
export interface WordEncoder {
  /** The ids of a text, without [CLS] and [SEP], and 1 for each that begins a word. */
  encodeWords(text: string): { ids: ArrayLike<number>; wordStarts: ArrayLike<number> };
  readonly vocabulary: {
    readonly size: number;
    readonly clsId: number;
    readonly sepId: number;
  };
}

/**
 * Texts for a classifier, in their order: `[CLS] … [SEP]`, ids beyond `maxLength` cut off before [SEP], none dropped.
 * @param maxLength longest sequence in ids with [CLS] and [SEP]; at least 3.
 */
export function encodeTexts(texts: Iterable<string>, encoder: WordEncoder, maxLength: number): SequenceStore {
  const { size, clsId, sepId } = encoder.vocabulary;
  const builder = new SequenceStoreBuilder(size);
  for (const text of texts) {
    const { ids, wordStarts } = encoder.encodeWords(text);
    const kept = Math.min(ids.length, maxLength - 2);
    builder.add(framed(ids, clsId, sepId, kept), framed(wordStarts, 1, 1, kept));
  }
  return builder.build();
}

/** The first `kept` of `values` between `first` and `last`. */
function framed(values: ArrayLike<number>, first: number, last: number, kept: number): Int32Array {
  const out = new Int32Array(kept + 2);
  out[0] = first;
  for (let i = 0; i < kept; i++) out[i + 1] = values[i]!;
  out[kept + 1] = last;
  return out;
}
