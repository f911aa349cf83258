/** The graph of sequence classification: encoder, and head on the first token. */
import type { PaddedBatch } from '../corpus/batches.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { classifierLogits } from '../models/heads.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { encoderFeeds } from './encoderFeeds.js';

export interface ClassificationGraph {
  graph: Graph;
  /** [B, C], an output for each label: what it means, `problemType` says. */
  logits: Value;
}

/**
 * Inputs: the encoder's (see `EncoderOutputs`), `first_tokens` int32 [B].
 * @param training true: with dropout.
 */
export function classificationGraph(config: ModelConfig, training: boolean): ClassificationGraph {
  const graph = new Graph();
  const ctx = { g: graph, training };
  const { hidden } = encoder(ctx, config, { firstTokenOnly: true, tokenTypes: true });
  const logits = classifierLogits(ctx, config, hidden.at(-1) as Value);
  return { graph, logits };
}

/** The encoder's feeds for a padded batch, `token_type_ids` also for a model that has none, and `first_tokens`. */
export function classificationFeeds({
  batchSize,
  sequenceLength,
  ids,
  lengths,
  secondStarts = lengths,
}: PaddedBatch): Record<string, HostTensor> {
  const mask = new Float32Array(batchSize * sequenceLength);
  const types = new Int32Array(batchSize * sequenceLength);
  lengths.forEach((length, b) => {
    const start = b * sequenceLength;
    mask.fill(1, start, start + length);
    types.fill(1, start + secondStarts[b]!, start + length);
  });
  return {
    ...encoderFeeds(ids, batchSize, sequenceLength),
    attention_mask: float32(mask, [batchSize, sequenceLength]),
    token_type_ids: int32(types, [batchSize, sequenceLength]),
    first_tokens: int32(
      Int32Array.from({ length: batchSize }, (_, b) => b * sequenceLength),
      [batchSize],
    ),
  };
}
