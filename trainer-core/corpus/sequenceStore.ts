/** Token sequences held end to end in flat arrays: the binarised corpus in memory. */
import { unpackFlags } from './flagBits.js';

/** Sequences of token ids, each `[CLS] … [SEP]`. */
export interface SequenceStore {
  /** How many sequences. */
  readonly length: number;
  /** How many ids in all of them. */
  readonly tokens: number;
  /** The length in ids of each sequence, [CLS] and [SEP] counted. */
  readonly lengths: ArrayLike<number>;
  /** The ids of sequence `i`, not to be written to: they may be a view. */
  at(i: number): Uint16Array | Uint32Array;
  /** For each id of sequence `i`: 1 where it begins a word, 0 where it goes on with one. [CLS] and [SEP] are words. */
  wordStarts(i: number): Uint8Array;
}

/** Gathers sequences one by one; ids take two bytes each when the vocabulary has at most 65,536 of them, else four. */
export class SequenceStoreBuilder {
  private ids: Uint16Array | Uint32Array;
  private wordStartBits = new Uint8Array(1 << 13);
  private offsets = new Float64Array(1 << 10);
  private count = 0;

  constructor(vocabularySize: number) {
    this.ids = vocabularySize <= 65_536 ? new Uint16Array(1 << 16) : new Uint32Array(1 << 16);
  }

  /** Appends a sequence; `wordStarts[k]` is not 0 where `ids[k]` begins a word. */
  add(ids: ArrayLike<number>, wordStarts: ArrayLike<number>): void {
    const start = this.offsets[this.count]!;
    const end = start + ids.length;
    while (this.ids.length < end) {
      this.ids = grown(this.ids);
      this.wordStartBits = grown(this.wordStartBits);
    }
    if (this.offsets.length < this.count + 2) this.offsets = grown(this.offsets);
    this.ids.set(ids, start);
    for (let k = 0; k < ids.length; k++) {
      if (wordStarts[k] !== 0) this.wordStartBits[(start + k) >>> 3]! |= 1 << ((start + k) & 7);
    }
    this.count += 1;
    this.offsets[this.count] = end;
  }

  /** The store of all that was added, in memory that fits. */
  build(): SequenceStore {
    const offsets = this.offsets.slice(0, this.count + 1);
    const tokens = offsets[this.count]!;
    const ids = this.ids.slice(0, tokens);
    const bits = this.wordStartBits.slice(0, Math.ceil(tokens / 8));
    const lengths = Uint32Array.from({ length: this.count }, (_, i) => offsets[i + 1]! - offsets[i]!);
    return {
      length: this.count,
      tokens,
      lengths,
      at: (i) => ids.subarray(offsets[i], offsets[i + 1]),
      wordStarts: (i) => {
        const start = offsets[i]!;
        return unpackFlags(bits.subarray(start >>> 3), start & 7, lengths[i]!);
      },
    };
  }
}

/** A copy with twice the room. */
function grown<A extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array);
  return larger;
}
