/** One process of `loop.ts`: `loopRun.js cpu|cuda STEPS`; cuda is the Loop, on the CPU's provider. */
import { readFileSync } from 'node:fs';
import { classificationFeeds } from '../../../trainer-core/classify/classificationGraph.js';
import { cpuDevice } from '../../../trainer-core/runtime/devices.js';
import { float32 } from '../../../trainer-core/runtime/hostTensor.js';
import { classifierLosses } from '../../../trainer-core/training/classifierLosses.js';
import { createTrainStep, type Run } from '../../../trainer-core/training/trainStep.js';
import { computeOnCpu } from '../../support/standIn.js';
import { TINY_LABELS, tinyConfig } from '../../support/tinyModels.js';
import { randomWeights } from '../randomWeights.js';

const [name, count] = process.argv.slice(2) as ['cpu' | 'cuda', string];
computeOnCpu('cuda');

/** Two thirds of the weights are one embedding, as in a small model with a large vocabulary. */
const model = tinyConfig('distilbert', {
  labels: TINY_LABELS,
  vocabSize: 40_000,
  hiddenSize: 384,
  intermediateSize: 1536,
  layers: 4,
  heads: 6,
});

const [rows, length] = [2, 16];
function run(): Run {
  const ids = Int32Array.from({ length: rows * length }, (_, i) => 5 + ((i * 7919) % 30_000));
  const lengths = Int32Array.of(length, 9);
  const batch = { batchSize: rows, sequenceLength: length, ids, lengths, wordStarts: new Uint8Array(ids.length) };
  return {
    feeds: {
      ...classificationFeeds(batch),
      targets: float32(Float32Array.of(1, 0, 0, 0, 1, 0), [rows, 3]),
      labelsWeight: float32(new Float32Array(rows).fill(1 / rows), [rows, 1]),
    },
  };
}

const { graph, total } = classifierLosses(model, null);
const step = await createTrainStep({
  graph,
  loss: total,
  reported: { total },
  weights: randomWeights('classification', model),
  adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 1 },
  accumulate: true,
  device: { ...cpuDevice(), name },
});
const weightsMiB = (step.store.size * 4) / 2 ** 20;
/** Of weights and moments in the store, and the program itself. */
const before = residentMiB();
const started = performance.now();
for (let i = 0; i < Number(count); i++) {
  for (const seed of [2 * i, 2 * i + 1]) await step.accumulate(run(), 0.5, seed);
  await step.update(1e-4);
}
await step.results();
const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS / 1024;
await step.dispose();
console.log(
  JSON.stringify({
    step: name === 'cuda' ? 'loop' : 'host',
    weights_MiB: Math.round(weightsMiB),
    engine_in_weights: Number(((peak - before) / weightsMiB).toFixed(1)),
    seconds_per_step: Number((seconds / Number(count)).toFixed(3)),
  }),
);

function residentMiB(): number {
  const pages = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(pages) / 1024;
}
