/** The texts of a classifier as sequences in memory. */
import type { LongTexts } from '../protocol/labelledDataConfig.js';
import { type SequenceStore, SequenceStoreBuilder } from './sequenceStore.js';
import { head, headAndTail, longestFirst, type PieceRange, windows } from './textCuts.js';

/** A text to be classified, or a pair of them. */
export type TextInput = string | { text: string; second: string | null };

/** What this needs of a tokenizer. */
export interface WordEncoder {
  /** The ids of a text, without [CLS] and [SEP], and 1 for each that begins a word. */
  encodeWords(text: string): Words;
  readonly vocabulary: {
    readonly size: number;
    readonly clsId: number;
    readonly sepId: number;
  };
}

interface Words {
  ids: ArrayLike<number>;
  wordStarts: ArrayLike<number>;
}

/** How texts are cut that are too long. */
export interface TextCut {
  longTexts: LongTexts;
  /** Pieces that a window shares with the one before; less than fit into one. */
  stride: number;
}

/** Texts as sequences; a text that is cut in windows has several, which follow each other. */
export interface EncodedTexts extends SequenceStore {
  /** The text that each sequence is of, by its place. */
  readonly textOf: Uint32Array;
  /** How many ids each text has, or would have if nothing of it were cut. */
  readonly wholeLengths: Uint32Array;
  /** Where the second text of sequence `i` begins (token type 1); its length where there is none. */
  secondStart(i: number): number;
}

/**
 * Texts for a classifier, in their order: `[CLS] text [SEP]` or `[CLS] text [SEP] second [SEP]`, none dropped. Pieces beyond
 * `maxLength` are left out: those at the end, or as `cut` says. Of a pair the longer text is cut first; with windows they go over the
 * second text, beside as much of the first as half of the room.
 * @param maxLength longest sequence in ids with [CLS] and [SEP]; at least 3, for pairs 5.
 */
export function encodeTexts(
  texts: Iterable<TextInput>,
  encoder: WordEncoder,
  maxLength: number,
  cut: TextCut = HEAD,
): EncodedTexts {
  const builder = new EncodedTextsBuilder(encoder, maxLength, cut);
  for (const text of texts) builder.add(text);
  return builder.build();
}

const HEAD: TextCut = { longTexts: 'head', stride: 0 };

/** Encodes texts one by one, as `encodeTexts` does all at once. */
export class EncodedTextsBuilder {
  readonly #builder: SequenceStoreBuilder;
  readonly #textOf: number[] = [];
  readonly #wholeLengths: number[] = [];
  readonly #secondStarts: number[] = [];

  constructor(
    private readonly encoder: WordEncoder,
    private readonly maxLength: number,
    private readonly cut: TextCut,
  ) {
    this.#builder = new SequenceStoreBuilder(encoder.vocabulary.size);
  }

  /** Appends a text; gives how many ids it has without [CLS] and [SEP], before anything is cut. */
  add(input: TextInput): number {
    const { clsId, sepId } = this.encoder.vocabulary;
    const [text, second] = typeof input === 'string' ? [input, null] : [input.text, input.second];
    const first = this.encoder.encodeWords(text);
    const other = second === null ? null : this.encoder.encodeWords(second);
    const ofOther = other === null ? null : other.ids.length;
    for (const [ofFirst, ofSecond] of partsOf(first.ids.length, ofOther, this.maxLength, this.cut)) {
      const sequence = new Sequence(clsId, sepId).add(first, ofFirst);
      this.#secondStarts.push(sequence.ids.length);
      if (other && ofSecond) sequence.add(other, ofSecond);
      this.#builder.add(sequence.ids, sequence.wordStarts);
      this.#textOf.push(this.#wholeLengths.length);
    }
    const ids = first.ids.length + (ofOther ?? 0);
    this.#wholeLengths.push(ids + (other === null ? 2 : 3));
    return ids;
  }

  build(): EncodedTexts {
    return {
      ...this.#builder.build(),
      textOf: Uint32Array.from(this.#textOf),
      wholeLengths: Uint32Array.from(this.#wholeLengths),
      secondStart: (i) => this.#secondStarts[i]!,
    };
  }
}

/** What is read of a text, or of both of a pair, in each of its sequences. */
function partsOf(
  first: number,
  second: number | null,
  maxLength: number,
  { longTexts, stride }: TextCut,
): [PieceRange[], PieceRange[] | null][] {
  const ranges = longTexts === 'head-tail' ? headAndTail : head;
  if (second === null) {
    const room = maxLength - 2;
    if (longTexts === 'windows') return windows(first, room, stride).map((range) => [[range], null]);
    return [[ranges(first, room), null]];
  }
  const room = maxLength - 3;
  const [ofFirst, ofSecond] = longestFirst(first, second, room);
  if (longTexts === 'windows' && ofFirst + ofSecond < first + second) {
    const kept = Math.min(first, Math.floor(room / 2));
    const beside = room - kept;
    const shared = Math.min(stride, beside - 1);
    return windows(second, beside, shared).map((range) => [head(first, kept), [range]]);
  }
  return [[ranges(first, ofFirst), ranges(second, ofSecond)]];
}

/** A sequence that begins with [CLS]; each text added ends with [SEP]. */
class Sequence {
  readonly ids: number[];
  readonly wordStarts: number[] = [1];

  constructor(
    clsId: number,
    private readonly sepId: number,
  ) {
    this.ids = [clsId];
  }

  add({ ids, wordStarts }: Words, ranges: readonly PieceRange[]): this {
    for (const { start, end } of ranges) {
      for (let i = start; i < end; i++) {
        this.ids.push(ids[i]!);
        this.wordStarts.push(wordStarts[i]!);
      }
    }
    this.ids.push(this.sepId);
    this.wordStarts.push(1);
    return this;
  }
}
