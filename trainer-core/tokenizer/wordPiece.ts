/**
 * Cuts words into the longest pieces a vocabulary has, from the left (WordPiece as in BERT, Devlin et al. 2018, with
 * the details of Hugging Face's `WordpieceTokenizer`).
 */

import { buildTrie, childOf, keyValueOf, labelOf, type Trie } from './doubleArray.js';
import type { Vocabulary } from './vocabulary.js';

/** A word of more characters than this is one [UNK]. */
const MAX_CHARACTERS = 100;
const CONTINUATION = '##';
/** What Python's `str.split()` takes for space. */
const WHITESPACE =
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
const IS_WHITESPACE = new Uint8Array(0x10000);
for (const character of WHITESPACE) IS_WHITESPACE[character.charCodeAt(0)] = 1;
const NONE = -1;

/** The trie of the pieces that can occur, each with its id plus 1, in SharedArrayBuffers. */
export function buildPieceTrie(vocabulary: Vocabulary): Trie {
  const values = new Map<string, number>();
  for (const [id, piece] of vocabulary.pieces.entries()) {
    // A piece with space in it, or longer than any word, never occurs.
    const occurs = piece !== '' && piece.length <= 2 * MAX_CHARACTERS && !hasWhitespace(piece);
    if (occurs) values.set(piece, id + 1);
  }
  const { labels, units } = buildTrie(values);
  const sharedLabels = new Uint16Array(new SharedArrayBuffer(labels.byteLength));
  const sharedUnits = new Int32Array(new SharedArrayBuffer(units.byteLength));
  sharedLabels.set(labels);
  sharedUnits.set(units);
  return { labels: sharedLabels, units: sharedUnits };
}

/** The pieces of one word after another; the arrays are as long as `count`, and longer. */
export class WordPiece {
  /** The id of each piece. */
  ids = new Int32Array(1024);
  /** Where each piece begins in its text, in code units. */
  starts = new Int32Array(1024);
  /** Where each piece ends in its text. */
  ends = new Int32Array(1024);
  /** For each piece 1 when it is the first of its word, or 0. */
  wordStarts = new Uint8Array(1024);
  /** The number of the word each piece belongs to. */
  words = new Int32Array(1024);
  count = 0;
  private wordCount = 0;

  /** The unit reached by "##", under which the continuing pieces lie. */
  private readonly continuation: number;

  /** @param trie of the pieces, by `buildPieceTrie` */
  constructor(
    private readonly trie: Trie,
    private readonly unkId: number,
  ) {
    this.continuation = this.find(CONTINUATION);
  }

  /** Forgets all pieces. */
  clear(): void {
    this.count = 0;
    this.wordCount = 0;
  }

  /** Appends a word that is one piece. */
  appendPiece(id: number, length: number): void {
    this.push(id, 0, length);
    this.wordCount++;
  }

  /** Appends the pieces of the word `text[start..end)`. A word that holds whitespace is cut there first. */
  append(text: Uint16Array, start: number, end: number): void {
    // No piece has whitespace, so only a word that fails may have it.
    if (!this.matchLongest(text, start, end)) this.appendTokens(text, start, end);
    this.wordCount++;
  }

  private appendTokens(text: Uint16Array, start: number, end: number): void {
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && IS_WHITESPACE[text[at]!] === 0) continue;
      if (at > from && !this.matchLongest(text, from, at)) this.push(this.unkId, from, at);
      from = at + 1;
    }
  }

  private push(id: number, start: number, end: number): void {
    if (this.count === this.ids.length) {
      this.ids = doubled(this.ids);
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
      this.words = doubled(this.words);
      this.wordStarts = doubled(this.wordStarts);
    }
    this.ids[this.count] = id;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.wordStarts[this.count] = this.count === 0 || this.words[this.count - 1] !== this.wordCount ? 1 : 0;
    this.words[this.count++] = this.wordCount;
  }

  /** Appends the pieces of `text[start..end)`, or nothing and returns false where some part matches no piece. */
  private matchLongest(text: Uint16Array, start: number, end: number): boolean {
    if (end - start > MAX_CHARACTERS && charactersIn(text, start, end) > MAX_CHARACTERS) return false;
    const { labels, units } = this.trie;
    const before = this.count;
    let root = 0;
    for (let from = start; from < end; root = this.continuation) {
      let firstWord = root === NONE ? 0 : units[2 * root]!;
      let longest = 0;
      let next = from;
      for (let at = from; at < end; ) {
        const label = labels[text[at++]!]!;
        const unit = 2 * childOf(firstWord, label);
        const secondWord = units[unit + 1]!;
        if (label === 0 || labelOf(secondWord) !== label) break;
        firstWord = units[unit]!;
        const value = keyValueOf(firstWord, secondWord);
        if (value > 0) {
          longest = value;
          next = at;
        }
      }
      if (longest === 0) {
        this.count = before;
        return false;
      }
      this.push(longest - 1, from, next);
      from = next;
    }
    return true;
  }

  private find(path: string): number {
    const { labels, units } = this.trie;
    let unit = 0;
    for (let i = 0; i < path.length; i++) {
      const label = labels[path.charCodeAt(i)]!;
      unit = childOf(units[2 * unit]!, label);
      if (label === 0 || labelOf(units[2 * unit + 1]!) !== label) return NONE;
    }
    return unit;
  }
}

function hasWhitespace(piece: string): boolean {
  for (let i = 0; i < piece.length; i++) if (IS_WHITESPACE[piece.charCodeAt(i)] === 1) return true;
  return false;
}

function doubled<T extends Int32Array | Uint8Array>(array: T): T {
  const larger = new (array.constructor as new (size: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

function charactersIn(text: Uint16Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const isSecondOfPair = text[at]! >>> 10 === 0x37 && at > start && text[at - 1]! >>> 10 === 0x36;
    if (!isSecondOfPair) count++;
  }
  return count;
}
