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
}

/** Sequences by index, as a SequenceStore has them. */
export interface Sequences {
  at(i: number): ArrayLike<number>;
  wordStarts(i: number): ArrayLike<number>;
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
  return { batchSize: rows.length, sequenceLength, ids, wordStarts, lengths };
}

/** The numbers of the examples to batch, in any order; all of `lengths` when not given. */
type Subset = ArrayLike<number>;

/**
 * All examples in random order, cut in batches of `batchSize`; the last may be smaller.
 * Give a stream forked for the epoch: `random.fork('batches', epoch)`.
 */
export function shuffledBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  random: Random,
  subset?: Subset,
): Uint32Array[] {
  return cut(random.shuffle(indexesOf(lengths, subset)), batchSize);
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
  subset?: Subset,
): Uint32Array[] {
  const lastBin = Math.max(0, Math.ceil((maxLength - 3) / 4));
  const bins = Array.from({ length: lastBin + 1 }, (): number[] => []);
  const batches: Uint32Array[] = [];
  for (const example of random.shuffle(indexesOf(lengths, subset))) {
    const bin = bins[Math.min(Math.floor((lengths[example]! + 1) / 4), lastBin)]!;
    bin.push(example);
    if (bin.length === batchSize) batches.push(Uint32Array.from(bin.splice(0)));
  }
  return [...batches, ...cut(Uint32Array.from(bins.flat()), batchSize)];
}

/**
 * Batches of like length for sets too small to fill bins: the shuffled examples are sorted by length within stretches of 50 batches,
 * cut in batches, and the batches shuffled (`LengthGroupedSampler` of Hugging Face's Trainer). One batch, anywhere, may be smaller.
 */
export function lengthSortedBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  random: Random,
  subset?: Subset,
): Uint32Array[] {
  const stretches = cut(random.shuffle(indexesOf(lengths, subset)), batchSize * 50);
  return random.shuffle(stretches.flatMap((stretch) => cut(byLength(stretch, lengths), batchSize)));
}

/** Batches for scoring: all examples sorted by length, shortest first, so that next to nothing is padded. No randomness. */
export function evaluationBatches(lengths: ArrayLike<number>, batchSize: number): Uint32Array[] {
  return cut(byLength(indexesOf(lengths), lengths), batchSize);
}

function indexesOf(lengths: ArrayLike<number>, subset?: Subset): Uint32Array {
  return subset === undefined ? Uint32Array.from({ length: lengths.length }, (_, i) => i) : Uint32Array.from(subset);
}

/** Typed arrays sort stably, so equal lengths keep their order and the result is the same everywhere. */
function byLength(indexes: Uint32Array, lengths: ArrayLike<number>): Uint32Array {
  return indexes.sort((a, b) => lengths[a]! - lengths[b]!);
}

function cut(indexes: Uint32Array, batchSize: number): Uint32Array[] {
  const count = Math.ceil(indexes.length / batchSize);
  return Array.from({ length: count }, (_, k) => indexes.slice(k * batchSize, (k + 1) * batchSize));
}
