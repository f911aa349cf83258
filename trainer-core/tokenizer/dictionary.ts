/**
 * The compiled MeCab dictionary as typed arrays, and the one binary file they are kept in.
 *
 * The file, in little-endian 32-bit words: magic, version, checksum of all that follows, the length in bytes of each
 * section of SECTIONS, then the sections, each padded with zeros to a whole word. What the numbers mean is MeCab's
 * (`dictionary.h`, `char_property.h`, `connector.h` of MeCab 0.996), without the feature strings.
 */

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrainerError } from '../protocol/errors.js';

/**
 * Everything the lattice needs to know. An entry is one reading of a surface. As `readDictionary` gives it, all lies
 * in one SharedArrayBuffer, so that threads it is posted to read the same memory.
 */
export interface Dictionary {
  /** Label of each code unit in the trie of surfaces; see doubleArray.ts. */
  readonly labels: Uint16Array;
  /** Units of the trie; the value of a surface is the number of its first entry plus 1. */
  readonly units: Int32Array;
  /**
   * Four numbers an entry: the context id it shows to the word on its left, the one it shows to the word on its right,
   * its cost, and how many more readings of the same surface follow it.
   */
  readonly entries: Int16Array;
  /** For each category the first entry of its unknown words. */
  readonly unknownEntries: Int32Array;
  /** `connections[leftId of the right word * contexts + rightId of the left word]` is the cost of their meeting. */
  readonly connections: Int16Array;
  /** For each code unit its packed categories (see CATEGORY_MASK and what follows); surrogates are as U+0000. */
  readonly characters: Uint32Array;
}

/** `info & CATEGORY_MASK`: one bit for each category the character belongs to. */
export const CATEGORY_MASK = 0x3ffff;
/** `(info >>> DEFAULT_SHIFT) & 0xff`: the category that unknown words beginning here take. */
export const DEFAULT_SHIFT = 18;
/** `(info >>> LENGTH_SHIFT) & 15`: unknown words of 1 to this many characters are tried. */
export const LENGTH_SHIFT = 26;
/** Set when the longest run of characters of one category is tried as an unknown word. */
export const GROUP_BIT = 2 ** 30;
/** Set when unknown words are tried even where the dictionary has words. */
export const INVOKE_BIT = 2 ** 31;

const MAGIC = 0x44415049; // "IPAD"
const VERSION = 1;
interface SectionType {
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): Dictionary[keyof Dictionary];
  readonly BYTES_PER_ELEMENT: number;
}
const SECTIONS: readonly (readonly [keyof Dictionary, SectionType])[] = [
  ['labels', Uint16Array],
  ['units', Int32Array],
  ['entries', Int16Array],
  ['unknownEntries', Int32Array],
  ['connections', Int16Array],
  ['characters', Uint32Array],
];
const HEADER_WORDS = 3 + SECTIONS.length;

/** The bytes of the dictionary file; the same dictionary always gives the same bytes. */
export function encodeDictionary(dictionary: Dictionary): Uint8Array {
  const lengths = SECTIONS.map(([name]) => dictionary[name].byteLength);
  const words = new Uint32Array(HEADER_WORDS + lengths.reduce((sum, length) => sum + wordsOf(length), 0));
  const bytes = new Uint8Array(words.buffer);
  let at = HEADER_WORDS;
  for (const [i, [name]] of SECTIONS.entries()) {
    const { buffer, byteOffset, byteLength } = dictionary[name];
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at * 4);
    at += wordsOf(lengths[i]!);
  }
  words.set([MAGIC, VERSION, 0, ...lengths]);
  words[2] = checksum(words);
  return bytes;
}

/**
 * Reads a dictionary file; its arrays are views of one SharedArrayBuffer.
 * @throws TrainerError `dictionaryNotFound` or, where the file is cut, altered or of another version, `dictionaryInvalid`
 */
export function readDictionary(file: string): Dictionary {
  let buffer: SharedArrayBuffer;
  try {
    buffer = readShared(file);
  } catch (cause) {
    throw new TrainerError('dictionaryNotFound', { file }, { cause });
  }
  const invalid = (reason: string) => new TrainerError('dictionaryInvalid', { file, reason });
  if (buffer.byteLength < HEADER_WORDS * 4 || buffer.byteLength % 4 !== 0) {
    throw invalid(`${buffer.byteLength} bytes are no dictionary`);
  }
  const words = new Uint32Array(buffer);
  if (words[0] !== MAGIC) throw invalid('it does not begin as a dictionary does');
  if (words[1] !== VERSION) throw invalid(`version ${words[1]}, expected ${VERSION}`);
  if (words[2] !== checksum(words)) throw invalid('its checksum is wrong');
  const sections: Record<string, unknown> = {};
  let at = HEADER_WORDS;
  for (const [i, [name, ArrayType]] of SECTIONS.entries()) {
    const byteLength = words[3 + i]!;
    sections[name] = new ArrayType(buffer, at * 4, byteLength / ArrayType.BYTES_PER_ELEMENT);
    at += wordsOf(byteLength);
  }
  return sections as unknown as Dictionary;
}

/**
 * Where the dictionary lies: `ipadic.bin` or `dist/ipadic.bin` in the folder of this program or the nearest above it.
 * @throws TrainerError `dictionaryNotFound`, naming the place the build would put it
 */
export function findDictionary(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    for (const file of [join(folder, 'ipadic.bin'), join(folder, 'dist', 'ipadic.bin')]) {
      if (existsSync(file)) return file;
    }
    const isRoot = existsSync(join(folder, 'package.json'));
    if (isRoot || folder === dirname(folder)) {
      throw new TrainerError('dictionaryNotFound', { file: join(isRoot ? folder : start, 'dist', 'ipadic.bin') });
    }
  }
}

function readShared(file: string): SharedArrayBuffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = new SharedArrayBuffer(fstatSync(descriptor).size);
    const bytes = new Uint8Array(buffer);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(descriptor, bytes, at, bytes.length - at, at);
      if (count === 0) throw new Error(`only ${at} of ${bytes.length} bytes could be read`);
      at += count;
    }
    return buffer;
  } finally {
    closeSync(descriptor);
  }
}

function wordsOf(bytes: number): number {
  return Math.ceil(bytes / 4);
}

/** FNV-1a over the words after the checksum's own. */
function checksum(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 3; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}
