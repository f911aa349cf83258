/** A text as a classifier reads it: sequences of ids, of which each knows its pieces, so that pieces can be masked. */
import { encodeTexts, type TextCut } from '../corpus/encodeTexts.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { type TextUnit, textUnits } from './textUnits.js';

/** A sequence of a text: all of it, or what fits, or a window. */
export interface ReadSequence {
  ids: Int32Array;
  /** The number in the text of each id's piece; -1 for [CLS] and [SEP]. */
  pieces: Int32Array;
}

/** A text's words, and the sequences that are read of it. */
export interface ReadText {
  units: TextUnit[];
  sequences: ReadSequence[];
}

/** Cuts a text as `encodeTexts` does. */
export function readText(text: string, tokenizer: JapaneseTokenizer, maxLength: number, cut: TextCut): ReadText {
  const tokenization = tokenizer.tokenize(text);
  const { ids } = tokenization;
  const { clsId, sepId } = tokenizer.vocabulary;
  // The pieces' numbers are cut in place of their ids; behind them come two numbers for [CLS] and [SEP].
  const numbers = {
    vocabulary: { size: ids.length + 2, clsId: ids.length, sepId: ids.length + 1 },
    encodeWords: () => ({ ids: ids.map((_, piece) => piece), wordStarts: ids }),
  };
  const store = encodeTexts([text], numbers, maxLength, cut);
  const all = [...ids, clsId, sepId];
  const sequences = Array.from({ length: store.length }, (_, i) => {
    const numbered = Int32Array.from(store.at(i));
    return {
      ids: numbered.map((number) => all[number]!),
      pieces: numbered.map((number) => (number < ids.length ? number : -1)),
    };
  });
  return { units: textUnits(text, tokenization), sequences };
}

/** The ids of a sequence with [MASK] for the pieces from `first` to `last`, or null when it has none of them. */
export function masked({ ids, pieces }: ReadSequence, maskId: number, first: number, last: number): Int32Array | null {
  const isMasked = (piece: number) => piece >= first && piece <= last;
  if (!pieces.some(isMasked)) return null;
  return ids.map((id, i) => (isMasked(pieces[i]!) ? maskId : id));
}
