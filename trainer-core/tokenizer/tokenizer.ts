/**
 * The tokenizer of bert-base-japanese-whole-word-masking, exact to the id: special tokens kept whole, NFKC, MeCab with
 * ipadic, WordPiece; as Hugging Face's BertJapaneseTokenizer 4.34 and later puts them together.
 */

import { type Dictionary, findDictionary, readDictionary } from './dictionary.js';
import type { Trie } from './doubleArray.js';
import { tokenizerIdentity } from './identity.js';
import { Lattice } from './lattice.js';
import { align, normalize } from './normalizer.js';
import { readVocabulary, SPECIAL_PIECES, type Vocabulary, vocabularyOf } from './vocabulary.js';
import { buildPieceTrie, WordPiece } from './wordPiece.js';

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

/**
 * The ids of a text, in arrays that are longer than `count` and that the next text overwrites, or leaves behind for
 * longer ones: take them anew from the result of each call.
 */
export interface EncodedText {
  readonly count: number;
  /** The first `count` are the ids. */
  readonly ids: Int32Array;
  /** For each id 1 when it is the first of a word, or 0. */
  readonly wordStarts: Uint8Array;
}

/** A tokenizer as `postMessage` carries it. All but the pieces lies in SharedArrayBuffers, so it is not copied. */
export interface SharedTokenizer {
  readonly vocabFile: string;
  readonly pieces: readonly string[];
  readonly pieceTrie: Trie;
  readonly dictionary: Dictionary;
}

const SPECIAL = new RegExp(SPECIAL_PIECES.map((piece) => piece.replace(/[[\]]/g, '\\$&')).join('|'), 'g');

/** After a text longer than this, in code units, shorter ones work in new arrays, so that the large ones can go. */
const LONG_TEXT = 2 ** 16;

/** A stretch of the original text that is one special token, or has none. */
interface Part {
  start: number;
  text: string;
  isSpecial: boolean;
}

/**
 * Turns Japanese text into the ids of a vocabulary. The time is linear in the text's length; the memory too, about 300
 * bytes a character of the longest text that special tokens leave whole.
 */
export class JapaneseTokenizer {
  private lattice: Lattice;
  private wordPiece: WordPiece;
  private units = new Uint16Array(1024);
  private hasLargeArrays = false;
  private knownIdentity: string | undefined;

  private constructor(
    readonly vocabulary: Vocabulary,
    private readonly shared: SharedTokenizer,
  ) {
    this.lattice = new Lattice(shared.dictionary);
    this.wordPiece = new WordPiece(shared.pieceTrie, vocabulary.unkId);
  }

  /**
   * Reads a vocabulary and the dictionary; do it once for a process.
   * @param options.dictionaryFile default: the `ipadic.bin` that was built with this program
   * @throws TrainerError what `readVocabulary` throws, `dictionaryNotFound`, `dictionaryInvalid`
   */
  static load(options: { vocabFile: string; dictionaryFile?: string }): JapaneseTokenizer {
    const { vocabFile, dictionaryFile = findDictionary() } = options;
    const vocabulary = readVocabulary(vocabFile);
    const dictionary = readDictionary(dictionaryFile);
    const pieceTrie = buildPieceTrie(vocabulary);
    return new JapaneseTokenizer(vocabulary, { vocabFile, pieces: vocabulary.pieces, pieceTrie, dictionary });
  }

  /** The tokenizer that another thread shared. */
  static fromShared(shared: SharedTokenizer): JapaneseTokenizer {
    return new JapaneseTokenizer(vocabularyOf(shared.pieces, shared.vocabFile), shared);
  }

  /** This tokenizer for other threads, to be posted as it is. */
  share(): SharedTokenizer {
    return this.shared;
  }

  /** SHA-256, in hex, of all that decides the ids: two tokenizers of one identity give the same ids for every text. */
  get identity(): string {
    this.knownIdentity ??= tokenizerIdentity(this.vocabulary, this.shared.dictionary);
    return this.knownIdentity;
  }

  /** All there is to know about a text, without [CLS] and [SEP]. For bulk work `encode` is faster. */
  tokenize(text: string): Tokenization {
    const pieces = this.vocabulary.pieces;
    const result: Tokenization = { words: [], pieces: [], ids: [], offsets: [], wordIndex: [] };
    this.run(text, (part, normalized, wordCount) => {
      const wordPiece = this.wordPiece;
      const lattice = this.lattice;
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
    const { count, ids, wordStarts } = this.encodeInPlace(text);
    return { ids: ids.slice(0, count), wordStarts: wordStarts.slice(0, count) };
  }

  /** As `encodeWords`, without making arrays: for bulk work. The result holds until this tokenizer is used again. */
  encodeInPlace(text: string): EncodedText {
    this.run(text);
    return this.wordPiece;
  }

  /** Fills `wordPiece` with the pieces of a text; `visit` is called after each part, while `lattice` holds its words. */
  private run(text: string, visit?: (part: Part, normalized: string, wordCount: number) => void): void {
    if (text.length > LONG_TEXT) this.hasLargeArrays = true;
    else if (this.hasLargeArrays) this.renew();
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

  /** Begins again with small arrays. */
  private renew(): void {
    this.lattice = new Lattice(this.shared.dictionary);
    this.wordPiece = new WordPiece(this.shared.pieceTrie, this.vocabulary.unkId);
    this.units = new Uint16Array(1024);
    this.hasLargeArrays = false;
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
