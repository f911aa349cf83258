/** A corpus as training takes it, in memory or in a folder. */
import type { SequenceStore } from './sequenceStore.js';

/** Sequences ready to mask and batch. */
export interface Corpus {
  store: SequenceStore;
  /** How often each id stands in all sequences, before any was cut or dropped: `[V]`. */
  tokenCounts: Float64Array;
}

/** Whole sequences end to end, as they are made and passed on. */
export interface SequenceChunk {
  /** The length in ids of each sequence, [CLS] and [SEP] counted. */
  lengths: Uint16Array;
  /** The ids of all of them. */
  ids: Uint16Array | Uint32Array;
  /** For each id 1 where it begins a word, else 0. */
  wordStarts: Uint8Array;
}
