/**
 * Compiles the sources of a MeCab dictionary (CSV entries, `matrix.def`, `char.def`, `unk.def`, in UTF-8) as
 * `mecab-dict-index` of MeCab 0.996 does; run by scripts/buildDictionary.mjs when the project is built.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SHIFT, type Dictionary, GROUP_BIT, INVOKE_BIT, LENGTH_SHIFT } from './dictionary.js';
import { buildTrie } from './doubleArray.js';

/**
 * The order in which the entries are read. It decides between paths of exactly equal cost, perhaps once in a million
 * words. `mecab-dict-index` takes the files as the directory yields them, so dictionaries in the wild differ in it;
 * this is the order of the one that the fuzzed fixtures were made with, and of Debian's package on the same machine.
 */
const FILES =
  'Noun Verb Noun.nai Auxil Symbol Noun.demonst Noun.place Conjunction Noun.others Noun.proper Prefix Noun.name Adverb Adnominal Noun.verbal Noun.adjv Noun.adverbal Others Noun.org Filler Postp Interjection Adj Suffix Noun.number Postp-col';

/**
 * Reads all of `folder` (the sources of ipadic 2.7.0-20070801: 392,126 entries, about 4 s).
 * @throws Error naming the file and line that cannot be understood; no user causes one, only a changed source
 */
export function compileDictionary(folder: string): Dictionary {
  const entries = new Entries();
  const bySurface = new Map<string, string[]>();
  for (const name of FILES.split(' ')) {
    for (const line of linesOf(join(folder, `${name}.csv`))) {
      const surface = line.slice(0, line.indexOf(','));
      const readings = bySurface.get(surface);
      if (readings) readings.push(line);
      else bySurface.set(surface, [line]);
    }
  }
  const values = new Map<string, number>();
  // Short surfaces are looked up most often, so their entries lie together.
  const surfaces = [...bySurface.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  for (const surface of surfaces) values.set(surface, entries.add(bySurface.get(surface)!) + 1);
  const { labels, units } = buildTrie(values);
  const { names, characters } = readCategories(join(folder, 'char.def'));
  const unknowns = linesOf(join(folder, 'unk.def'));
  const unknownEntries = names.map((name) => entries.add(unknowns.filter((line) => line.startsWith(`${name},`))));
  return {
    labels,
    units,
    entries: Int16Array.from(entries.numbers),
    unknownEntries: Int32Array.from(unknownEntries),
    connections: readConnections(join(folder, 'matrix.def')),
    characters,
  };
}

/** The numbers of the entries, four each. */
class Entries {
  readonly numbers: number[] = [];

  /** Adds the readings of one surface, lines `surface,leftId,rightId,cost,…`, and returns the number of the first. */
  add(readings: readonly string[]): number {
    if (readings.length === 0) throw new Error('a category has no unknown words');
    const first = this.numbers.length / 4;
    for (const [i, line] of readings.entries()) {
      const [surface, leftId, rightId, cost] = line.split(',', 4);
      if (!surface || surface.startsWith('"') || !/^\d+,\d+,-?\d+$/.test([leftId, rightId, cost].join())) {
        throw new Error(`not a dictionary entry: ${line}`);
      }
      this.numbers.push(Number(leftId), Number(rightId), Number(cost), readings.length - 1 - i);
    }
    return first;
  }
}

/** `matrix.def`: the numbers of right and left contexts, then lines of right id, left id, cost. */
function readConnections(file: string): Int16Array {
  const [size, ...rows] = linesOf(file);
  const [rightContexts, leftContexts] = size!.split(/\s+/).map(Number);
  const connections = new Int16Array(rightContexts! * leftContexts!);
  for (const row of rows) {
    const [rightId, leftId, cost] = row.split(' ');
    connections[Number(leftId) * rightContexts! + Number(rightId)] = Number(cost);
  }
  return connections;
}

/** `char.def`: categories (name, INVOKE, GROUP, LENGTH), then code point ranges; a later line overrides an earlier one. */
function readCategories(file: string): { names: string[]; characters: Uint32Array } {
  const names: string[] = [];
  const infos: number[] = [];
  const characters = new Uint32Array(0x10000);
  for (const line of linesOf(file)) {
    const [head, ...rest] = line.replace(/#.*/, '').trim().split(/\s+/) as [string, ...string[]];
    if (head === '') continue;
    if (!head.startsWith('0x')) {
      const [invoke, group, length] = rest.map(Number) as [number, number, number];
      infos.push((length << LENGTH_SHIFT) + group * GROUP_BIT + invoke * INVOKE_BIT + (names.length << DEFAULT_SHIFT));
      names.push(head);
      continue;
    }
    const [first, last] = head.split('..').map(Number) as [number, number?];
    const kinds = rest.map((name) => names.indexOf(name));
    if (kinds.length === 0 || kinds.includes(-1)) throw new Error(`${file}: unknown category: ${line}`);
    // The first category named decides how unknown words are made; all of them decide what groups with what.
    characters.fill(
      infos[kinds[0]!]! + kinds.reduce((bits, kind) => bits | (1 << kind), 0),
      first,
      (last ?? first) + 1,
    );
  }
  const rest = infos[names.indexOf('DEFAULT')]! + (1 << names.indexOf('DEFAULT'));
  // MeCab takes every character above U+FFFF for U+0000, so both halves of a surrogate pair get its categories.
  const fallback = characters[0] || rest;
  const filled = characters.map((info, unit) => info || (unit >>> 11 === 0x1b ? fallback : rest));
  // MeCab's table ends before U+FFFF, and it reads the zeros behind: the first category, grouped with nothing.
  filled[0xffff] = 0;
  return { names, characters: filled };
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}
