/**
 * Hides pieces of a batch for masked language modelling: `prepare_batch_mlm` of Hugging Face's `distiller.py`,
 * and whole-word masking in the manner of `create_pretraining_data.py` of Google's BERT.
 */
import type { PaddedBatch } from './batches.js';
import type { Random } from './random.js';

/** The label of a position that is not to be predicted, as in PyTorch's cross entropy. */
export const IGNORED_LABEL = -100;

/** How to mask. The names are the config's; the three proportions sum to 1. */
export interface MaskingOptions {
  /** Part of all ids (padding not counted, [CLS] and [SEP] counted) to predict. */
  mlmMaskProp: number;
  /** Of the ids to predict: the part replaced by [MASK]. */
  wordMask: number;
  /** Of the ids to predict: the part left as it is; the rest becomes a random id. */
  wordKeep: number;
  /** Draw words and mask all their pieces, instead of single pieces. The number of pieces stays the same. */
  wholeWordMasking: boolean;
  maskId: number;
  vocabularySize: number;
  /** How likely each id is to be drawn, relative to the others; 0 for never: `[V]`, from `maskingWeights`. */
  weights: Float64Array;
}

/** A batch with hidden pieces; all arrays but `positions` are `[B, S]` row-major. */
export interface MaskedBatch {
  /** What both models see. */
  inputIds: Int32Array;
  /** The true id where it is to be predicted, else −100. */
  labels: Int32Array;
  /** The places to predict, as ascending indexes into the flat arrays. */
  positions: Int32Array;
}

/**
 * The weight of each id in the draw: max(count, 1)^−smoothing, so rare pieces come up more often; 0 for special tokens.
 * @param tokenCounts how often each id stands in the corpus: `[V]`. @param smoothing 0.7 in the recipe; 0 draws evenly.
 */
export function maskingWeights(
  tokenCounts: ArrayLike<number>,
  smoothing: number,
  specialIds: readonly number[],
): Float64Array {
  const weights = Float64Array.from(tokenCounts, (count) => Math.max(count, 1) ** -smoothing);
  for (const id of specialIds) weights[id] = 0;
  return weights;
}

/**
 * Masks a batch. n = ⌈mlmMaskProp × Σ lengths⌉ pieces are drawn without replacement, in proportion to their weights (fewer when
 * fewer have a weight); each becomes [MASK], stays, or becomes any id of the vocabulary. The draw depends on `random` alone.
 */
export function maskBatch(batch: PaddedBatch, options: MaskingOptions, random: Random): MaskedBatch {
  const wanted = Math.ceil(options.mlmMaskProp * batch.lengths.reduce((sum, length) => sum + length, 0));
  const positions = (options.wholeWordMasking ? drawWords : drawPieces)(batch, options.weights, wanted, random);
  const inputIds = batch.ids.slice();
  const labels = new Int32Array(batch.ids.length).fill(IGNORED_LABEL);
  for (const position of positions) {
    labels[position] = batch.ids[position]!;
    const fate = random.float();
    if (fate < options.wordMask) inputIds[position] = options.maskId;
    else if (fate >= options.wordMask + options.wordKeep) inputIds[position] = random.below(options.vocabularySize);
  }
  return { inputIds, labels, positions };
}

/**
 * Masks each sequence of a batch by itself: with its own share of pieces, drawn by its own stream, so that what is hidden of it is the
 * same whatever stands beside it. @param randomOf the stream of the sequence in row `b`.
 */
export function maskEach(batch: PaddedBatch, options: MaskingOptions, randomOf: (b: number) => Random): MaskedBatch {
  const { batchSize, sequenceLength } = batch;
  const inputIds = batch.ids.slice();
  const labels = new Int32Array(batch.ids.length).fill(IGNORED_LABEL);
  const positions: number[] = [];
  for (let b = 0; b < batchSize; b++) {
    const [start, end] = [b * sequenceLength, (b + 1) * sequenceLength];
    const ids = batch.ids.subarray(start, end);
    const wordStarts = batch.wordStarts.subarray(start, end);
    const lengths = batch.lengths.subarray(b, b + 1);
    const masked = maskBatch({ batchSize: 1, sequenceLength, ids, wordStarts, lengths }, options, randomOf(b));
    inputIds.set(masked.inputIds, start);
    labels.set(masked.labels, start);
    for (const position of masked.positions) positions.push(start + position);
  }
  return { inputIds, labels, positions: Int32Array.from(positions) };
}

function drawPieces(batch: PaddedBatch, weights: Float64Array, wanted: number, random: Random): Int32Array {
  const places = realPositions(batch);
  const chosen = weightedOrder(
    Float64Array.from(places, (place) => weights[batch.ids[place]!]!),
    random,
  );
  return Int32Array.from(chosen.subarray(0, wanted), (i) => places[i]!).sort();
}

/**
 * Draws words, a word weighing what its pieces weigh on average, and takes each that still fits in what is left of the budget.
 * When the very first is larger than the whole budget it is taken all the same: a batch without a piece to predict has no loss.
 */
function drawWords(batch: PaddedBatch, weights: Float64Array, wanted: number, random: Random): Int32Array {
  const words: number[][] = [];
  for (const place of realPositions(batch)) {
    if (batch.wordStarts[place] === 1) words.push([place]);
    else words.at(-1)!.push(place);
  }
  const wordWeights = Float64Array.from(
    words,
    (places) => places.reduce((sum, place) => sum + weights[batch.ids[place]!]!, 0) / places.length,
  );
  const drawn: number[] = [];
  for (const word of weightedOrder(wordWeights, random)) {
    const places = words[word]!;
    if (drawn.length + places.length <= wanted || drawn.length === 0) drawn.push(...places);
    if (drawn.length >= wanted) break;
  }
  return Int32Array.from(drawn).sort();
}

/** The flat indexes of all ids that are not padding, ascending. */
function realPositions(batch: PaddedBatch): Int32Array {
  const { lengths, sequenceLength } = batch;
  const positions: number[] = [];
  lengths.forEach((length, row) => {
    for (let column = 0; column < length; column++) positions.push(row * sequenceLength + column);
  });
  return Int32Array.from(positions);
}

/**
 * The indexes with a weight above 0, in the order in which drawing without replacement would take them: the one with the least
 * exponential(1) / weight comes first (Efraimidis and Spirakis 2006), which is one sort instead of a draw after another.
 */
export function weightedOrder(weights: Float64Array, random: Random): Uint32Array {
  const keys = weights.map((weight) => (weight > 0 ? random.exponential() / weight : Number.POSITIVE_INFINITY));
  const candidates = Uint32Array.from(weights.keys()).filter((i) => weights[i]! > 0);
  return candidates.sort((a, b) => keys[a]! - keys[b]!);
}
