/** How many tokens and sequences are worked on together, so that no tensor becomes larger than every device takes. */
import { evaluationBatches } from '../corpus/batches.js';
import type { ModelConfig } from '../models/config.js';
import { LARGEST_TENSOR } from '../runtime/executionProviders.js';

/** Tokens of sequences of one length that fit. @param relationHeads of relations between tokens that are compared. */
export function tokensThatFit(models: readonly ModelConfig[], length: number, relationHeads = 0): number {
  // What is widest of a token: its scores against all others by every head, or its inner layer.
  const widths = models.flatMap(({ heads, intermediateSize }) => [heads * length, intermediateSize]);
  return Math.floor(LARGEST_TENSOR / Float32Array.BYTES_PER_ELEMENT / Math.max(...widths, relationHeads * length));
}

/** Batches for scoring by a model: sorted by length, of `batchSize` sequences, or as many as fit. */
export function* scoringBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  model: ModelConfig,
): Generator<Uint32Array> {
  for (const batch of evaluationBatches(lengths, batchSize)) {
    const longest = lengths[batch.at(-1) as number] as number;
    const fitting = Math.max(1, Math.floor(tokensThatFit([model], longest) / longest));
    for (let at = 0; at < batch.length; at += fitting) yield batch.subarray(at, at + fitting);
  }
}
