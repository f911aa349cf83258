/** A batch for pre-training or distillation, and how it is cut into the feeds of one or more runs. */
import { encoderFeeds } from '../classify/encoderFeeds.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { float32, int32, scalar } from '../runtime/hostTensor.js';
import { labelledSymbol, otherSymbol } from './languageModelGraph.js';
import type { Feeds, Run } from './trainStep.js';

/** Arrays are [B, S] row-major. */
export interface LanguageModelBatch {
  batchSize: number;
  sequenceLength: number;
  inputIds: Int32Array;
  /** What to predict, −100 where nothing. */
  labels: Int32Array;
  /** The true length of each sequence [B]. */
  lengths: Int32Array;
}

export interface CutOptions {
  labelledChunks: number;
  otherChunks: number;
  restrictCeToMask: boolean;
  attentionMask: boolean;
  /** Sequences a run works on; the gradients of the runs add up to the batch's. */
  sequencesPerRun: number;
}

/** Cuts a batch into runs. Losses are divided by the whole batch's counts, so the runs' losses add up to the batch's. */
export function languageModelRuns(batch: LanguageModelBatch, options: CutOptions): Run[] {
  const { batchSize, sequenceLength, lengths } = batch;
  const real = lengths.reduce((n, length) => n + length, 0);
  const labelled = batch.labels.reduce((n, label) => n + (label >= 0 ? 1 : 0), 0);
  const scales = {
    labelledScale: scalar(1 / Math.max(1, labelled)),
    comparedScale: scalar(1 / (options.restrictCeToMask ? Math.max(1, labelled) : real)),
    realScale: scalar(1 / real),
  };
  const runs: Run[] = [];
  for (let start = 0; start < batchSize; start += options.sequencesPerRun) {
    const end = Math.min(batchSize, start + options.sequencesPerRun);
    const part = {
      batchSize: end - start,
      sequenceLength,
      inputIds: batch.inputIds.subarray(start * sequenceLength, end * sequenceLength),
      labels: batch.labels.subarray(start * sequenceLength, end * sequenceLength),
      lengths: lengths.subarray(start, end),
    };
    const run = runOf(part, options);
    runs.push({ ...run, feeds: { ...run.feeds, ...scales } });
  }
  return runs;
}

function runOf(batch: LanguageModelBatch, options: CutOptions): Run {
  const { batchSize, sequenceLength, inputIds, labels, lengths } = batch;
  const mask = new Float32Array(batchSize * sequenceLength);
  const withLabel: number[] = [];
  const without: number[] = [];
  for (let b = 0; b < batchSize; b++) {
    for (let s = 0; s < (lengths[b] as number); s++) {
      const at = b * sequenceLength + s;
      mask[at] = 1;
      ((labels[at] as number) >= 0 ? withLabel : without).push(at);
    }
  }
  // Without chunks for them, rows without a label are not read out at all.
  const rows = Int32Array.from(options.otherChunks > 0 ? [...withLabel, ...without] : withLabel);
  const feeds: Feeds = {
    ...encoderFeeds(inputIds, batchSize, sequenceLength),
    rows: int32(rows, [rows.length]),
    labels: int32(
      Int32Array.from(withLabel, (at) => labels[at] as number),
      [withLabel.length],
    ),
  };
  if (options.attentionMask) feeds.attention_mask = float32(mask, [batchSize, sequenceLength]);
  const bindings = {
    ...chunkSizes(withLabel.length, options.labelledChunks, labelledSymbol),
    ...chunkSizes(without.length, options.otherChunks, otherSymbol),
  };
  return { feeds, bindings };
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
