/**
 * Cuts text into words exactly as MeCab 0.996 does: the cheapest path through the lattice of dictionary and
 * unknown words (Kudo et al. 2004, "Applying Conditional Random Fields to Japanese Morphological Analysis"; the rules
 * of unknown words and the order in which ties are broken follow MeCab's `tokenizer.cpp` and `viterbi.cpp`).
 */

import { CATEGORY_MASK, DEFAULT_SHIFT, type Dictionary, GROUP_BIT, INVOKE_BIT, LENGTH_SHIFT } from './dictionary.js';
import { childOf, keyValueOf, labelOf } from './doubleArray.js';

/** Runs of one category longer than this are no unknown word (MeCab's default `max-grouping-size`). */
const MAX_GROUPING_SIZE = 24;
/**
 * From where a word ended MeCab looks no further than this many bytes, spaces counted: of a word at the limit it sees
 * what lies before it, and behind so many spaces none. (It would give halves of a character at the limit; here there
 * is none.)
 */
const LOOKUP_BYTES = 65535;
/** Behind less space than this every word ends before the limit. */
const FEW_SPACES = 30_000;
const NONE = -1;

/** One reusable lattice; `parse` fills `starts` and `ends`. */
export class Lattice {
  /** Where each word of the last text begins, in code units. */
  starts = new Int32Array(256);
  /** Where each word of the last text ends. */
  ends = new Int32Array(256);
  /** The cost of the last text's path, its end included, as MeCab counts it. */
  cost = 0;

  // Nodes are words that some path takes. Node 0 is the beginning of the text. All arrays grow together.
  private nodeRightId = new Uint16Array(1024);
  private nodeCost = new Float64Array(1024);
  private nodePrevious = new Int32Array(1024);
  private nodeStart = new Int32Array(1024);
  private nodeEnd = new Int32Array(1024);
  /** The next node that ends at the same place; the one added last comes first, as in MeCab. */
  private nodeNext = new Int32Array(1024);
  private nodeCount = 0;
  /** For each offset, the first of the nodes that end there. */
  private endingAt = new Int32Array(1024);

  // The words that may begin at the current position: pairs of entry and end.
  private readonly candidates: number[] = [];
  private candidateCount = 0;

  /** The nodes that end at the current position. */
  private readonly left: { rightIds: number[]; costs: number[]; nodes: number[] } = {
    rightIds: [],
    costs: [],
    nodes: [],
  };
  /** For each left id the cheapest of them and its cost; they hold at the current position where the stamp says so. */
  private readonly best: { stamps: Float64Array; costs: Float64Array; nodes: Int32Array };
  private stamp = 0;

  private readonly contexts: number;
  private readonly space: number;

  constructor(private readonly dictionary: Dictionary) {
    this.contexts = Math.sqrt(dictionary.connections.length);
    this.space = dictionary.characters[0x20]! & CATEGORY_MASK;
    this.best = {
      stamps: new Float64Array(this.contexts),
      costs: new Float64Array(this.contexts),
      nodes: new Int32Array(this.contexts),
    };
  }

  /**
   * Cuts `text[0..length)` into words and returns how many there are.
   * @param text UTF-16 without U+0000; a lone surrogate is a character of its own
   */
  parse(text: Uint16Array, length: number): number {
    if (this.endingAt.length <= length) this.endingAt = new Int32Array(2 * length);
    this.endingAt.fill(NONE, 0, length + 1);
    this.endingAt[0] = 0;
    this.nodeRightId[0] = 0;
    this.nodeCost[0] = 0;
    this.nodeNext[0] = NONE;
    this.nodeCount = 1;
    for (let at = 0; at < length; at++) {
      if (this.endingAt[at] === NONE) continue;
      const start = this.lookUp(text, at, length);
      if (start !== NONE) this.connect(at, start);
    }
    return this.traceBack(length);
  }

  /** Collects the words that may follow the word that ended at `at`; returns where they start, after any spaces. */
  private lookUp(text: Uint16Array, at: number, textLength: number): number {
    const { labels, units, unknownEntries, characters } = this.dictionary;
    this.candidateCount = 0;
    let start = at;
    let info = characters[text[start]!]!;
    for (let kind = this.space; (info & kind & CATEGORY_MASK) !== 0; info = characters[text[start]!]!) {
      kind = info;
      start++;
      if (start === textLength) return NONE;
    }
    const length = start - at < FEW_SPACES ? textLength : lookupEnd(text, at, textLength);
    if (start >= length) return NONE;

    let firstWord = units[0]!;
    for (let end = start; end < length; ) {
      const label = labels[text[end++]!]!;
      const unit = 2 * childOf(firstWord, label);
      const secondWord = units[unit + 1]!;
      if (label === 0 || labelOf(secondWord) !== label) break;
      firstWord = units[unit]!;
      const value = keyValueOf(firstWord, secondWord);
      if (value > 0) this.propose(value - 1, end);
    }
    if (this.candidateCount > 0 && (info & INVOKE_BIT) === 0) return start;

    const unknown = unknownEntries[(info >>> DEFAULT_SHIFT) & 0xff]!;
    const second = nextCharacter(text, start, length);
    let groupEnd = NONE;
    if ((info & GROUP_BIT) !== 0) {
      let characterCount = 0;
      groupEnd = second;
      // Each character must share a category with the one before it, not with the first.
      for (let kind = info; groupEnd < length && characterCount <= MAX_GROUPING_SIZE; characterCount++) {
        const next = characters[text[groupEnd]!]!;
        if ((next & kind & CATEGORY_MASK) === 0) break;
        groupEnd = nextCharacter(text, groupEnd, length);
        kind = next;
      }
      if (characterCount <= MAX_GROUPING_SIZE) this.propose(unknown, groupEnd);
    }
    let end = second;
    for (let size = (info >>> LENGTH_SHIFT) & 15; size > 0 && end !== groupEnd; size--) {
      this.propose(unknown, end);
      if (end === length || (info & characters[text[end]!]! & CATEGORY_MASK) === 0) break;
      end = nextCharacter(text, end, length);
    }
    if (this.candidateCount === 0) this.propose(unknown, second);
    return start;
  }

  /** Takes all readings of a surface that ends at `end` for candidates. */
  private propose(firstEntry: number, end: number): void {
    const { entries } = this.dictionary;
    const last = firstEntry + entries[4 * firstEntry + 3]!;
    for (let entry = firstEntry; entry <= last; entry++) {
      this.candidates[this.candidateCount++] = entry;
      this.candidates[this.candidateCount++] = end;
    }
  }

  /** Makes a node of every candidate and joins it to the cheapest of the nodes that end at `at`. */
  private connect(at: number, start: number): void {
    if (this.nodeCount + this.candidateCount > this.nodeCost.length) this.grow();
    const { entries, connections } = this.dictionary;
    const candidates = this.candidates;
    const endingAt = this.endingAt;
    const left = this.left;
    const best = this.best;
    const { nodeRightId, nodeCost, nodePrevious, nodeStart, nodeEnd, nodeNext } = this;
    let leftCount = 0;
    for (let node = endingAt[at]!; node !== NONE; node = nodeNext[node]!) {
      left.rightIds[leftCount] = nodeRightId[node]!;
      left.costs[leftCount] = nodeCost[node]!;
      left.nodes[leftCount++] = node;
    }
    const stamp = ++this.stamp;
    let node = this.nodeCount;
    // MeCab takes the candidates in the opposite order of their finding, which decides ties.
    for (let c = this.candidateCount - 2; c >= 0; c -= 2) {
      const entry = 4 * candidates[c]!;
      const leftId = entries[entry]!;
      if (best.stamps[leftId] !== stamp) {
        // Words with the same left id cost the same to connect, so the search is done once for each id.
        const row = leftId * this.contexts;
        let lowest = Number.POSITIVE_INFINITY;
        let lowestAt = NONE;
        for (let i = 0; i < leftCount; i++) {
          const cost = left.costs[i]! + connections[row + left.rightIds[i]!]!;
          if (cost < lowest) {
            lowest = cost;
            lowestAt = i;
          }
        }
        best.stamps[leftId] = stamp;
        best.costs[leftId] = lowest;
        best.nodes[leftId] = left.nodes[lowestAt]!;
      }
      const end = candidates[c + 1]!;
      nodeRightId[node] = entries[entry + 1]!;
      nodeCost[node] = best.costs[leftId]! + entries[entry + 2]!;
      nodePrevious[node] = best.nodes[leftId]!;
      nodeStart[node] = start;
      nodeEnd[node] = end;
      nodeNext[node] = endingAt[end]!;
      endingAt[end] = node++;
    }
    this.nodeCount = node;
  }

  /** Writes the words of the cheapest path to `starts` and `ends`. */
  private traceBack(length: number): number {
    let last = length;
    while (this.endingAt[last] === NONE) last--;
    let lowest = Number.POSITIVE_INFINITY;
    let best = 0;
    for (let node = this.endingAt[last]!; node !== NONE; node = this.nodeNext[node]!) {
      const cost = this.nodeCost[node]! + this.dictionary.connections[this.nodeRightId[node]!]!;
      if (cost < lowest) {
        lowest = cost;
        best = node;
      }
    }
    this.cost = lowest;
    let count = 0;
    for (let node = best; node > 0; node = this.nodePrevious[node]!) count++;
    if (count > this.starts.length) {
      this.starts = new Int32Array(2 * count);
      this.ends = new Int32Array(2 * count);
    }
    for (let node = best, word = count - 1; node > 0; node = this.nodePrevious[node]!, word--) {
      this.starts[word] = this.nodeStart[node]!;
      this.ends[word] = this.nodeEnd[node]!;
    }
    return count;
  }

  private grow(): void {
    const size = 2 * (this.nodeCount + this.candidateCount);
    this.nodeRightId = enlarged(this.nodeRightId, new Uint16Array(size));
    this.nodeCost = enlarged(this.nodeCost, new Float64Array(size));
    this.nodePrevious = enlarged(this.nodePrevious, new Int32Array(size));
    this.nodeStart = enlarged(this.nodeStart, new Int32Array(size));
    this.nodeEnd = enlarged(this.nodeEnd, new Int32Array(size));
    this.nodeNext = enlarged(this.nodeNext, new Int32Array(size));
  }
}

function enlarged<T extends Uint16Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** How far MeCab looks from `at`, in code units of whole characters. */
function lookupEnd(text: Uint16Array, at: number, length: number): number {
  let end = at;
  for (let bytes = 0; end < length; ) {
    const unit = text[end]!;
    const next = nextCharacter(text, end, length);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : next - end === 2 ? 4 : 3;
    if (bytes > LOOKUP_BYTES) break;
    end = next;
  }
  return end;
}

/** Where the character after the one at `at` begins. */
function nextCharacter(text: Uint16Array, at: number, length: number): number {
  const isPair = text[at]! >>> 10 === 0x36 && at + 1 < length && text[at + 1]! >>> 10 === 0x37;
  return isPair ? at + 2 : at + 1;
}
