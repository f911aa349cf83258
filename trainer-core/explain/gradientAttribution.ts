/**
 * What each piece of a text adds, by gradients: gradient · (embedding - embedding of [MASK]) at the text (gradient × input, Shrikumar
 * et al. 2016, after Simonyan et al. 2014), or its mean along the straight way from the masked text (integrated gradients,
 * Sundararajan et al. 2017), whose sum comes to the difference of the scores the nearer the more steps.
 */
import { classificationFeeds } from '../classify/classificationGraph.js';
import { padBatch } from '../corpus/batches.js';
import { float32 } from '../runtime/hostTensor.js';
import type { Program } from '../runtime/program.js';
import { masked, type ReadSequence } from './readText.js';

/** Tokens of a run: what a backward pass of them needs is held in memory. */
const TOKENS_PER_RUN = 2048;

export interface GradientOptions {
  /** Of `attributionGraph`. */
  program: Program;
  classes: number;
  padId: number;
  maskId: number;
  /** How far between masked text (0) and text (1) gradients are taken; what comes out is their mean. */
  fractions: readonly number[];
  /** The derivative of what is explained by each logit, of one row of logits for each sequence; it counts for the row of each. */
  slopes(rows: readonly Float32Array[]): readonly number[];
  signal?: AbortSignal | undefined;
  /** Told how many of `fractions` are done. */
  onSteps?(done: number): void;
}

/** For each sequence the attribution of each of its ids. */
export async function gradientAttribution(
  sequences: readonly ReadSequence[],
  options: GradientOptions,
): Promise<Float64Array[]> {
  const { fractions, slopes, onSteps } = options;
  const sums = sequences.map(({ ids }) => new Float64Array(ids.length));
  const longest = Math.max(...sequences.map(({ ids }) => ids.length));
  const stepsAtOnce = Math.max(1, Math.floor(TOKENS_PER_RUN / longest / sequences.length));
  for (let start = 0; start < fractions.length; start += stepsAtOnce) {
    const steps = fractions.slice(start, start + stepsAtOnce);
    const rows = steps.flatMap((fraction) => sequences.map((sequence) => ({ sequence, fraction, weights: noSlopes })));
    const logits = (await runRows(rows, options)).map((row) => row.logits);
    const weighted = steps.flatMap((fraction, k) => {
      const weights = slopes(logits.slice(k * sequences.length, (k + 1) * sequences.length));
      return sequences.map((sequence) => ({ sequence, fraction, weights }));
    });
    (await runRows(weighted, options)).forEach(({ attributions }, row) => {
      const sum = sums[row % sequences.length]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += attributions[i]! / fractions.length;
    });
    onSteps?.(start + steps.length);
  }
  return sums;
}

const noSlopes: readonly number[] = [];

interface Row {
  sequence: ReadSequence;
  fraction: number;
  /** For each logit; none: 0. */
  weights: readonly number[];
}

/** Logits and attributions of each row, as many rows at a time as the memory is for. */
async function runRows(rows: readonly Row[], { program, classes, padId, maskId, signal }: GradientOptions) {
  const done: { logits: Float32Array; attributions: Float32Array }[] = [];
  for (let start = 0; start < rows.length; ) {
    signal?.throwIfAborted();
    const length = rows[start]!.sequence.ids.length;
    const part = rows.slice(start, start + Math.max(1, Math.floor(TOKENS_PER_RUN / length)));
    const padded = (idsOf: (sequence: ReadSequence) => Int32Array) => {
      const at = (row: number) => idsOf(part[row]!.sequence);
      return padBatch({ at, wordStarts: () => [] }, [...part.keys()], padId);
    };
    const batch = padded(({ ids }) => ids);
    const dims = [batch.batchSize, batch.sequenceLength];
    const baseline = padded((sequence) => masked(sequence, maskId, 0, Number.POSITIVE_INFINITY) ?? sequence.ids);
    const fractions = part.flatMap(({ fraction }) => new Array<number>(batch.sequenceLength).fill(fraction));
    const weights = part.flatMap((row) => Array.from({ length: classes }, (_, c) => row.weights[c] ?? 0));
    const { logits, attributions } = await program.run({
      ...classificationFeeds(batch),
      baseline_ids: { data: baseline.ids, dims },
      fractions: float32(Float32Array.from(fractions), dims),
      logit_weights: float32(Float32Array.from(weights), [batch.batchSize, classes]),
    });
    part.forEach((_, row) => {
      const rowOf = (tensor: typeof logits, size: number) =>
        (tensor!.data as Float32Array).slice(row * size, (row + 1) * size);
      done.push({ logits: rowOf(logits, classes), attributions: rowOf(attributions, batch.sequenceLength) });
    });
    start += part.length;
  }
  return done;
}
