/**
 * A trie over UTF-16 code units (Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array Structure",
 * with base, check and value of a node packed into one pair of words, so that a step touches one place in memory).
 *
 * Unit n is the pair of words 2n and 2n + 1: `base << 10 | value >>> 16` and `label << 16 | value & 0xffff`. From the
 * unit of a node, label l leads to unit `base + l`, which is a child only if its label is l: no two nodes share a
 * base, so the label alone proves the parent. The root is unit 0; free units have label 0, which no character has
 * that occurs in a key.
 */

/** The two arrays of a trie; both can be kept in a file. */
export interface Trie {
  /** For each code unit its label: small numbers for frequent ones, 0 for those in no key. Length 65,536. */
  readonly labels: Uint16Array;
  /** Pairs of words, with room behind the last unit for a step from any base by any label. */
  readonly units: Int32Array;
}

const MAX_BASE = 2 ** 22;
const MAX_VALUE = 2 ** 26 - 1;
const NONE = -1;
const TAKEN = -1;
const MOST_MISSES = 32;

/** The unit that `label` leads to from the unit with this first word, if that unit carries `label`. */
export function childOf(firstWord: number, label: number): number {
  return (firstWord >>> 10) + label;
}

/** The label of the unit with this second word. */
export function labelOf(secondWord: number): number {
  return secondWord >>> 16;
}

/** The value of the key that ends at the unit with these words; 0 where none ends. */
export function keyValueOf(firstWord: number, secondWord: number): number {
  return ((firstWord & 0x3ff) << 16) | (secondWord & 0xffff);
}

/**
 * Builds the trie of the keys of a map, none of them empty.
 * @param values for each key its value, 1 to 2^26 - 1
 * @throws RangeError when a key is empty, a value out of these bounds, or the trie would need more than 2^22 units
 */
export function buildTrie(values: ReadonlyMap<string, number>): Trie {
  if (values.has('')) throw new RangeError('the empty key has no place in a trie');
  const labels = labelsByFrequency(values.keys());
  const keys = [...values.keys()].sort();
  const units = new Units();

  // Breadth first, so that the nodes near the root, which every search passes, lie close together.
  const nodes: Node[] = [{ unit: 0, label: 0, from: 0, to: keys.length, depth: 0 }];
  for (const { unit, label, from, to, depth } of nodes) {
    const ends = depth > 0 && keys[from]!.length === depth;
    const value = ends ? values.get(keys[from]!)! : 0;
    if (ends && !(value > 0 && value <= MAX_VALUE)) throw new RangeError(`${value} is no value for "${keys[from]}"`);
    const children: number[] = [];
    const starts: number[] = [];
    let last = NONE;
    for (let k = ends ? from + 1 : from; k < to; k++) {
      const next = keys[k]!.charCodeAt(depth);
      if (next === last) continue;
      children.push(labels[next]!);
      starts.push(k);
      last = next;
    }
    starts.push(to);
    const base = children.length > 0 ? units.takeBase(children) : 0;
    units.write(unit, (base << 10) | (value >>> 16), (label << 16) | (value & 0xffff));
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      nodes.push({ unit: base + child, label: child, from: starts[i]!, to: starts[i + 1]!, depth: depth + 1 });
    }
  }
  return { labels, units: units.finish(labels.reduce((a, b) => Math.max(a, b))) };
}

/** A node that has its unit but no children yet: the keys `from` to `to - 1` agree in their first `depth` code units. */
interface Node {
  unit: number;
  label: number;
  from: number;
  to: number;
  depth: number;
}

/** Frequent characters get small labels, which lie close together and so leave few units unused. */
function labelsByFrequency(keys: Iterable<string>): Uint16Array {
  const counts = new Int32Array(0x10000);
  for (const key of keys) for (let i = 0; i < key.length; i++) counts[key.charCodeAt(i)]! += 1;
  const used: number[] = [];
  for (let unit = 0; unit < counts.length; unit++) if (counts[unit]! > 0) used.push(unit);
  used.sort((a, b) => counts[b]! - counts[a]! || a - b);
  const labels = new Uint16Array(0x10000);
  for (const [rank, unit] of used.entries()) labels[unit] = rank + 1;
  return labels;
}

/** The units while they are being given out. The free ones are linked in ascending order, so a search meets no taken one. */
class Units {
  private words = new Int32Array(0);
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  private baseTaken = new Uint8Array(0);
  /** The lowest free unit that is still worth trying. */
  private first = 0;
  private end = 0;

  constructor() {
    this.grow(0x10000);
    this.take(0);
  }

  /** Reserves a base of its own whose children `labels` are all free, and takes their units. */
  takeBase(labels: readonly number[]): number {
    let lowest = labels[0]!;
    let highest = lowest;
    for (const label of labels) {
      lowest = Math.min(lowest, label);
      highest = Math.max(highest, label);
    }
    let misses = 0;
    for (let unit = this.first; ; unit = this.next[unit]!) {
      const base = unit - lowest;
      if (base + highest >= this.baseTaken.length) this.grow(2 * (base + highest));
      if (base <= 0) continue;
      if (this.baseTaken[base] === 0 && this.areFree(base, labels)) {
        if (base >= MAX_BASE) throw new RangeError('too many keys for a trie with 22-bit bases');
        this.baseTaken[base] = 1;
        for (const label of labels) this.take(base + label);
        return base;
      }
      // A unit that many searches pass in vain is given up, which keeps the time linear for a few lost units.
      if (++misses === MOST_MISSES) this.first = this.next[this.first]!;
    }
  }

  write(unit: number, firstWord: number, secondWord: number): void {
    this.words[2 * unit] = firstWord;
    this.words[2 * unit + 1] = secondWord;
  }

  /** All words, with room behind them for a step by `largestLabel` from the largest base. */
  finish(largestLabel: number): Int32Array {
    return enlarged(this.words.subarray(0, 2 * this.end), 2 * (this.end + largestLabel));
  }

  private areFree(base: number, labels: readonly number[]): boolean {
    for (const label of labels) if (this.next[base + label] === TAKEN) return false;
    return true;
  }

  private take(unit: number): void {
    const next = this.next[unit]!;
    const previous = this.previous[unit]!;
    if (previous >= 0) this.next[previous] = next;
    this.previous[next] = previous;
    this.next[unit] = TAKEN;
    if (this.first === unit) this.first = next;
    this.end = Math.max(this.end, unit + 1);
  }

  private grow(size: number): void {
    const old = this.baseTaken.length;
    this.words = enlarged(this.words, 2 * size);
    this.baseTaken = enlarged(this.baseTaken, size);
    // One link more than there are units: the last free unit points past the end until the next growth.
    this.next = enlarged(this.next, size + 1);
    this.previous = enlarged(this.previous, size + 1);
    for (let unit = old; unit < size; unit++) {
      this.next[unit] = unit + 1;
      this.previous[unit + 1] = unit;
    }
    if (old === 0) this.previous[0] = TAKEN;
  }
}

function enlarged<T extends Int32Array | Uint8Array>(array: T, size: number): T {
  const larger = new (array.constructor as new (size: number) => T)(size);
  larger.set(array);
  return larger;
}
