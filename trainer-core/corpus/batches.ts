/** Which examples go into a batch together, in an order that depends on (seed, epoch) alone, and how they are padded. */
import type { Random } from './random.js';

/** A batch padded to its longest sequence; the arrays are `[B, S]` row-major. */
export interface PaddedBatch {
  /** B. */
  batchSize: number;
  /** S: the length of the longest sequence of the batch. */
  sequenceLength: number;
  ids: Int32Array;
  /** 1 where an id begins a word, else 0; 0 in the padding. */
  wordStarts: Uint8Array;
  /** The true length of each sequence: `[B]`. */
  lengths: Int32Array;
  /** Where the second text of each sequence begins, its length where there is none: `[B]`. Not there: no sequence has one. */
  secondStarts?: Int32Array;
}

/** Sequences by index, as a SequenceStore has them. */
export interface Sequences {
  at(i: number): ArrayLike<number>;
  wordStarts(i: number): ArrayLike<number>;
  /** Where the second text of sequence `i` begins. Not there: no sequence has one. */
  secondStart?(i: number): number;
}

/** Copies the sequences with these indexes side by side, each padded with `padId` to the longest of them. */
export function padBatch(sequences: Sequences, indexes: ArrayLike<number>, padId: number): PaddedBatch {
  const rows = Array.from(indexes, (index) => sequences.at(index));
  const sequenceLength = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * sequenceLength).fill(padId);
  const wordStarts = new Uint8Array(ids.length);
  rows.forEach((row, b) => {
    ids.set(row, b * sequenceLength);
    wordStarts.set(sequences.wordStarts(indexes[b]!), b * sequenceLength);
  });
  const lengths = Int32Array.from(rows, (row) => row.length);
  const batch = { batchSize: rows.length, sequenceLength, ids, wordStarts, lengths };
  if (sequences.secondStart === undefined) return batch;
  return { ...batch, secondStarts: Int32Array.from(indexes, (index) => sequences.secondStart!(index)) };
}

/** The batches of an epoch: the examples in one array, four bytes each, so that an epoch of millions fits in memory. */
export class Batches {
  readonly #starts: Uint32Array;

  /** Cuts `order` in batches of `batchSize`; the last may be smaller. */
  constructor(
    private readonly order: Uint32Array,
    private readonly batchSize: number,
  ) {
    this.#starts = Uint32Array.from({ length: Math.ceil(order.length / batchSize) }, (_, k) => k * batchSize);
  }

  /** How many batches. */
  get length(): number {
    return this.#starts.length;
  }

  /** The examples of batch `k`, a view. */
  at(k: number): Uint32Array {
    const start = this.#starts[k]!;
    return this.order.subarray(start, start + this.batchSize);
  }

  /** Puts the batches in random order, and gives them back. */
  shuffle(random: Random): this {
    random.shuffle(this.#starts);
    return this;
  }

  *[Symbol.iterator](): Generator<Uint32Array> {
    for (let k = 0; k < this.length; k++) yield this.at(k);
  }
}

/**
 * All examples in random order, cut in batches of `batchSize`; the last may be smaller.
 * Give a stream forked for the epoch: `random.fork('batches', epoch)`.
 */
export function shuffledBatches(lengths: ArrayLike<number>, batchSize: number, random: Random): Batches {
  return new Batches(random.shuffle(indexesOf(lengths)), batchSize);
}

/**
 * Batches of like length as Hugging Face's `GroupedBatchSampler` makes them: examples come in random order and wait in a bin
 * four lengths wide until the bin has `batchSize` of them; what is left at the end is batched across bins, shortest first.
 * There are ⌈examples / batchSize⌉ batches, of which only the last may be smaller.
 * @param maxLength the longest sequence allowed, which bounds the bins: 3-6, 7-10, …; the last takes all that are longer.
 */
export function groupedBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  maxLength: number,
  random: Random,
): Batches {
  const lastBin = Math.max(0, Math.ceil((maxLength - 3) / 4));
  const bins = new Uint32Array((lastBin + 1) * batchSize);
  const waiting = new Uint32Array(lastBin + 1);
  const order = random.shuffle(indexesOf(lengths));
  // Full bins are written over examples that were taken before: what is written never overtakes what is read.
  let written = 0;
  const empty = (bin: number) => {
    const start = bin * batchSize;
    order.set(bins.subarray(start, start + waiting[bin]!), written);
    written += waiting[bin]!;
    waiting[bin] = 0;
  };
  for (const example of order) {
    const bin = Math.min(Math.floor((lengths[example]! + 1) / 4), lastBin);
    bins[bin * batchSize + waiting[bin]!] = example;
    waiting[bin]! += 1;
    if (waiting[bin] === batchSize) empty(bin);
  }
  for (let bin = 0; bin <= lastBin; bin++) empty(bin);
  return new Batches(order, batchSize);
}

/**
 * Batches of like length for sets too small to fill bins: the shuffled examples are sorted by length within stretches of 50 batches,
 * cut in batches, and the batches shuffled (`LengthGroupedSampler` of Hugging Face's Trainer). One batch, anywhere, may be smaller.
 */
export function lengthSortedBatches(lengths: ArrayLike<number>, batchSize: number, random: Random): Batches {
  const order = random.shuffle(indexesOf(lengths));
  const stretch = batchSize * 50;
  for (let at = 0; at < order.length; at += stretch) sortByLength(order.subarray(at, at + stretch), lengths);
  return new Batches(order, batchSize).shuffle(random);
}

/** Batches for scoring: all examples sorted by length, shortest first, so that next to nothing is padded. No randomness. */
export function evaluationBatches(lengths: ArrayLike<number>, batchSize: number): Batches {
  return new Batches(sortByLength(indexesOf(lengths), lengths), batchSize);
}

function indexesOf(lengths: ArrayLike<number>): Uint32Array {
  return new Uint32Array(lengths.length).map((_, i) => i);
}

/** Typed arrays sort stably, so equal lengths keep their order and the result is the same everywhere. */
function sortByLength(indexes: Uint32Array, lengths: ArrayLike<number>): Uint32Array {
  return indexes.sort((a, b) => lengths[a]! - lengths[b]!);
}
