/**
 * The tokenizer of bert-base-japanese-whole-word-masking, exact to the id: special tokens kept whole, NFKC, MeCab with
 * ipadic, WordPiece; as Hugging Face's BertJapaneseTokenizer 4.34 and later puts them together.
 */

import { findDictionary, readDictionary } from './dictionary.js';
import { Lattice } from './lattice.js';
import { align, normalize } from './normalizer.js';
import { readVocabulary, SPECIAL_PIECES, type Vocabulary } from './vocabulary.js';
import { WordPiece } from './wordPiece.js';

/** A text cut into pieces. Offsets are UTF-16 code units of the text as it was given, end exclusive. */
export interface Tokenization {
  /** The words MeCab found, after NFKC; special tokens are words. Words of mere control characters have no pieces. */
  words: string[];
  pieces: string[];
  ids: number[];
  /** For each piece the part of the original text it came from; starts and ends never descend. */
  offsets: { start: number; end: number }[];
  /** For each piece the index of its word. */
  wordIndex: number[];
}

const SPECIAL = new RegExp(SPECIAL_PIECES.map((piece) => piece.replace(/[[\]]/g, '\\$&')).join('|'), 'g');

/** A stretch of the original text that is one special token, or has none. */
interface Part {
  start: number;
  text: string;
  isSpecial: boolean;
}

/** Turns Japanese text into the ids of a vocabulary. */
export class JapaneseTokenizer {
  private readonly lattice: Lattice;
  private readonly wordPiece: WordPiece;
  private units = new Uint16Array(1024);

  private constructor(
    readonly vocabulary: Vocabulary,
    dictionaryFile: string,
  ) {
    this.lattice = new Lattice(readDictionary(dictionaryFile));
    this.wordPiece = new WordPiece(vocabulary);
  }

  /**
   * Reads a vocabulary and the dictionary; do it once for a process.
   * @param options.dictionaryFile default: the `ipadic.bin` that was built with this program
   * @throws TrainerError what `readVocabulary` throws, `dictionaryNotFound`, `dictionaryInvalid`
   */
  static load(options: { vocabFile: string; dictionaryFile?: string }): JapaneseTokenizer {
    const vocabulary = readVocabulary(options.vocabFile);
    return new JapaneseTokenizer(vocabulary, options.dictionaryFile ?? findDictionary());
  }

  /** All there is to know about a text, without [CLS] and [SEP]. For bulk work `encode` is faster. */
  tokenize(text: string): Tokenization {
    const wordPiece = this.wordPiece;
    const lattice = this.lattice;
    const pieces = this.vocabulary.pieces;
    const result: Tokenization = { words: [], pieces: [], ids: [], offsets: [], wordIndex: [] };
    this.run(text, (part, normalized, wordCount) => {
      for (let w = 0; w < wordCount; w++) result.words.push(normalized.slice(lattice.starts[w]!, lattice.ends[w]!));
      if (part.isSpecial) result.words.push(part.text);
      const alignment = normalized === part.text ? null : align(part.text, normalized);
      for (let i = result.ids.length; i < wordPiece.count; i++) {
        const start = wordPiece.starts[i]!;
        const end = wordPiece.ends[i]!;
        result.ids.push(wordPiece.ids[i]!);
        result.pieces.push(pieces[wordPiece.ids[i]!]!);
        result.offsets.push({
          start: part.start + (alignment ? alignment.starts[start]! : start),
          end: part.start + (alignment ? alignment.ends[end - 1]! : end),
        });
        result.wordIndex.push(wordPiece.words[i]!);
      }
    });
    return result;
  }

  /** The ids of a text, without [CLS] and [SEP]. */
  encode(text: string): Int32Array {
    this.run(text);
    return this.wordPiece.ids.slice(0, this.wordPiece.count);
  }

  /** The ids of a text, and for each piece 1 when it is the first of a word. */
  encodeWords(text: string): { ids: Int32Array; wordStarts: Uint8Array } {
    const ids = this.encode(text);
    const words = this.wordPiece.words;
    const wordStarts = new Uint8Array(ids.length);
    for (let i = 0; i < ids.length; i++) wordStarts[i] = i === 0 || words[i] !== words[i - 1] ? 1 : 0;
    return { ids, wordStarts };
  }

  /** Fills `wordPiece` with the pieces of a text; `visit` is called after each part, while `lattice` holds its words. */
  private run(text: string, visit?: (part: Part, normalized: string, wordCount: number) => void): void {
    const wordPiece = this.wordPiece;
    const lattice = this.lattice;
    wordPiece.clear();
    for (const part of partsOf(text)) {
      if (part.isSpecial) {
        wordPiece.appendPiece(this.vocabulary.idOf(part.text)!, part.text.length);
        visit?.(part, part.text, 0);
        continue;
      }
      const normalized = normalize(part.text);
      const length = this.copyUnits(normalized);
      const wordCount = lattice.parse(this.units, length);
      for (let w = 0; w < wordCount; w++) wordPiece.append(this.units, lattice.starts[w]!, lattice.ends[w]!);
      visit?.(part, normalized, wordCount);
    }
  }

  /** Copies `text` to `units` and returns its length. MeCab's texts are C strings, which end at the first U+0000. */
  private copyUnits(text: string): number {
    if (text.length > this.units.length) this.units = new Uint16Array(2 * text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === 0) return i;
      this.units[i] = unit;
    }
    return text.length;
  }
}

/** Splits a text at the special tokens it spells out. Hugging Face does so before any normalisation. */
function* partsOf(text: string): Generator<Part> {
  let start = 0;
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index > start) yield { start, text: text.slice(start, match.index), isSpecial: false };
    yield { start: match.index, text: match[0], isSpecial: true };
    start = match.index + match[0].length;
  }
  if (start < text.length) yield { start, text: text.slice(start), isSpecial: false };
}
