/** Runs of a tiny classifier's training step over made-up examples. */
import { classificationFeeds } from '../../trainer-core/classify/classificationGraph.js';
import { Random } from '../../trainer-core/corpus/random.js';
import { float32 } from '../../trainer-core/runtime/hostTensor.js';
import { targetOf } from '../../trainer-core/training/targets.js';
import type { Run } from '../../trainer-core/training/trainStep.js';
import { TINY_LABELS, tinyConfig } from './tinyModels.js';

export const config = tinyConfig('distilbert', { labels: TINY_LABELS, classifierDropout: 0.1 });

/** Without dropout. */
export const still = { ...config, hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0 };

const random = Random.fromSeed(1);
export const examples = Array.from({ length: 6 }, () => ({
  ids: Int32Array.from({ length: 8 }, () => 5 + random.below(20)),
  length: 3 + random.below(6),
  label: random.below(3),
}));

/** A run over some of the examples, whose loss is divided by `of` of them. */
export function runOf(part: typeof examples, of = part.length): Run {
  const ids = new Int32Array(part.length * 8);
  part.forEach((example, b) => {
    ids.set(example.ids.subarray(0, example.length), b * 8);
  });
  const batch = {
    batchSize: part.length,
    sequenceLength: 8,
    ids,
    lengths: Int32Array.from(part, ({ length }) => length),
    wordStarts: new Uint8Array(ids.length),
  };
  const plain = { problemType: config.problemType, outputs: 3, labelSmoothing: 0, classWeights: null };
  const targets = float32(Float32Array.from(part.flatMap((example) => [...targetOf(example, plain).row])), [
    part.length,
    3,
  ]);
  const labelsWeight = float32(new Float32Array(part.length).fill(1 / of), [part.length, 1]);
  return { feeds: { ...classificationFeeds(batch), targets, labelsWeight } };
}
