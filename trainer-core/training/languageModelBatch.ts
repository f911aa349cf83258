/** Micro-batches for pre-training or distillation, and how those of a step are cut into the feeds of runs. */
import { encoderFeeds } from '../classify/encoderFeeds.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import type { HostFeeds, Run } from './trainStep.js';
import { labelledSymbol, otherSymbol } from './vocabularyLosses.js';

/** Arrays are [B, S] row-major. */
export interface LanguageModelBatch {
  batchSize: number;
  sequenceLength: number;
  inputIds: Int32Array;
  /** What to predict, −100 where nothing. */
  labels: Int32Array;
  /** The true length of each sequence [B]. */
  lengths: Int32Array;
  /** The number of each sequence in the corpus [B], where something is known of it by its number. */
  sequences?: ArrayLike<number>;
}

/** A run of sequences of one or several micro-batches. */
export interface LanguageModelRun extends Run {
  feeds: HostFeeds;
  /** Their numbers in the corpus, where the micro-batches have them. */
  sequences: readonly number[];
}

export interface CutOptions {
  labelledChunks: number;
  otherChunks: number;
  restrictCeToMask: boolean;
  attentionMask: boolean;
  /** Tokens a run works on at most, padding counted; a longer sequence is a run by itself. */
  tokensPerRun: number;
}

/** What the losses of a micro-batch's tokens are multiplied with: 1 / what its mean goes over. */
interface Weights {
  labelled: number;
  compared: number;
  real: number;
}

/** A sequence of a micro-batch. */
interface Sequence {
  /** Without padding; with the micro-batch's where there is no attention mask, because the padding is then seen. */
  inputIds: Int32Array;
  /** Of its real tokens. */
  labels: Int32Array;
  weights: Weights;
  number: number | undefined;
}

/**
 * Cuts the micro-batches of a step into runs of like lengths, which takes next to no padding: sequences of different micro-batches
 * share a run, and each token weighs what it weighs in its own, so the runs' losses add up to the sum of the micro-batches' means.
 */
export function languageModelRuns(batches: readonly LanguageModelBatch[], options: CutOptions): LanguageModelRun[] {
  const sequences = batches.flatMap((batch) => sequencesOf(batch, options));
  return ofLikeLength(sequences, options).map((part) => runOf(part, options));
}

function sequencesOf(batch: LanguageModelBatch, { restrictCeToMask, attentionMask }: CutOptions): Sequence[] {
  const { batchSize, sequenceLength, inputIds, labels, lengths, sequences } = batch;
  const real = lengths.reduce((n, length) => n + length, 0);
  const labelled = Math.max(
    1,
    labels.reduce((n, label) => n + (label >= 0 ? 1 : 0), 0),
  );
  const weights = { labelled: 1 / labelled, compared: 1 / (restrictCeToMask ? labelled : real), real: 1 / real };
  return Array.from({ length: batchSize }, (_, b) => {
    const start = b * sequenceLength;
    const end = start + (lengths[b] as number);
    const seen = inputIds.subarray(start, attentionMask ? end : start + sequenceLength);
    return { inputIds: seen, labels: labels.subarray(start, end), weights, number: sequences?.[b] };
  });
}

/** Sorted by length, the longest first, and cut before a part would be larger than `tokensPerRun`. */
function ofLikeLength(sequences: readonly Sequence[], { tokensPerRun, attentionMask }: CutOptions): Sequence[][] {
  const parts: Sequence[][] = [];
  for (const sequence of [...sequences].sort((a, b) => b.inputIds.length - a.inputIds.length)) {
    const part = parts.at(-1);
    const longest = part?.[0]?.inputIds.length ?? 0;
    const fits = attentionMask || sequence.inputIds.length === longest;
    if (part && fits && (part.length + 1) * longest <= tokensPerRun) part.push(sequence);
    else parts.push([sequence]);
  }
  return parts;
}

/** @param sequences the longest first. */
function runOf(sequences: readonly Sequence[], options: CutOptions): LanguageModelRun {
  const [batchSize, sequenceLength] = [sequences.length, (sequences[0] as Sequence).inputIds.length];
  const inputIds = new Int32Array(batchSize * sequenceLength);
  const mask = new Float32Array(batchSize * sequenceLength);
  const tokenWeight = new Float32Array(batchSize * sequenceLength);
  const keyWeight = new Float32Array(batchSize * sequenceLength);
  const withLabel: Row[] = [];
  const without: Row[] = [];
  sequences.forEach((sequence, b) => {
    const start = b * sequenceLength;
    inputIds.set(sequence.inputIds, start);
    const end = start + sequence.labels.length;
    mask.fill(1, start, end);
    tokenWeight.fill(sequence.weights.real, start, end);
    keyWeight.fill(1 / sequence.labels.length, start, end);
    sequence.labels.forEach((label, s) => {
      (label >= 0 ? withLabel : without).push({ at: start + s, label, weights: sequence.weights });
    });
  });
  // Without chunks for them, rows without a label are not read out at all.
  const rows = options.otherChunks > 0 ? [...withLabel, ...without] : withLabel;
  const integers = (of: readonly Row[], get: (row: Row) => number) => int32(Int32Array.from(of, get), [of.length]);
  const column = (of: readonly Row[], get: (row: Row) => number) => float32(Float32Array.from(of, get), [of.length, 1]);
  const feeds: HostFeeds = {
    ...encoderFeeds(inputIds, batchSize, sequenceLength),
    rows: integers(rows, ({ at }) => at),
    labels: integers(withLabel, ({ label }) => label),
    labelledWeight: column(withLabel, ({ weights }) => weights.labelled),
    comparedWeight: column(rows, ({ weights }) => weights.compared),
    realWeight: column(rows, ({ weights }) => weights.real),
    tokenWeight: float32(tokenWeight, [batchSize, sequenceLength]),
    keyWeight: float32(keyWeight, [batchSize, sequenceLength]),
  };
  if (options.attentionMask) feeds.attention_mask = float32(mask, [batchSize, sequenceLength]);
  const bindings = {
    ...chunkSizes(withLabel.length, options.labelledChunks, labelledSymbol),
    ...chunkSizes(without.length, options.otherChunks, otherSymbol),
  };
  return { feeds, bindings, sequences: sequences.flatMap(({ number }) => number ?? []) };
}

/** A token that is read out, by its place in the run. */
interface Row {
  at: number;
  label: number;
  weights: Weights;
}

/** Causal labels: at each position the next id, none at the last of a sequence. */
export function nextIds(ids: Int32Array, lengths: Int32Array, sequenceLength: number): Int32Array {
  const labels = new Int32Array(ids.length).fill(IGNORED_LABEL);
  lengths.forEach((length, b) => {
    const start = b * sequenceLength;
    labels.set(ids.subarray(start + 1, start + length), start);
  });
  return labels;
}

/** `total` rows spread over `chunks` as evenly as whole numbers allow. */
function chunkSizes(total: number, chunks: number, symbol: (i: number) => string): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (let i = 0; i < chunks; i++)
    sizes[symbol(i)] = Math.floor((total * (i + 1)) / chunks) - Math.floor((total * i) / chunks);
  return sizes;
}
