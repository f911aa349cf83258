/** Sequence classification as a task of the loop. */

import { readModelWeights } from '../checkpoint/modelFolder.js';
import { classificationFeeds, classificationGraph } from '../classify/classificationGraph.js';
import { lengthSortedBatches, padBatch, shuffledBatches } from '../corpus/batches.js';
import { Random } from '../corpus/random.js';
import { saveModel } from '../hub/modelFiles.js';
import type { LabelledExample } from '../labelled/labelledExample.js';
import type { ModelConfig } from '../models/config.js';
import { untrainedParameters } from '../models/parameters.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { int32, scalar } from '../runtime/hostTensor.js';
import { Scorer, type Split } from './scorer.js';
import type { Task } from './task.js';
import { type Run, TrainStep } from './trainStep.js';

/** Tokens a run of the gradient graph works on at most: more would not be faster, only larger. */
const TOKENS_PER_RUN = 2048;

export interface FinetuneTaskOptions {
  config: FinetuneConfig;
  /** With the labels of the data. */
  model: ModelConfig;
  /** Every weight of the classifier. */
  weights: NamedTensors;
  vocabFile: string;
  padId: number;
  learn: Split;
  dev: Split;
  test: Split | null;
  device: { name: string; threads: number };
}

/** Builds the graphs and makes everything ready. */
export async function finetuneTask(options: FinetuneTaskOptions): Promise<Task> {
  const { config, model, weights, vocabFile, padId, learn, dev, test, device } = options;
  const { batchSize, gradientAccumulationSteps } = config;
  const dropout = config.dropout === null ? {} : { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const { graph, loss } = classificationGraph({ ...model, ...dropout }, true);
  const untrained = untrainedParameters(model);
  const part = (trained: boolean) => new Map([...weights].filter(([name]) => untrained.includes(name) !== trained));
  const fixed = part(false);
  const step = await TrainStep.create({
    graph,
    loss,
    reported: { total: loss },
    weights: part(true),
    fixed,
    adamw: { beta1: config.adamBeta1, beta2: config.adamBeta2, epsilon: config.adamEpsilon, ...config },
    accumulate: gradientAccumulationSteps > 1 || batchSize * config.maxSeqLength > TOKENS_PER_RUN,
    threads: device.threads,
  });
  const all = new Map([...fixed, ...step.store.views(step.store.values)]);
  const scorer = await Scorer.create(model, all, padId, device.threads, config.metric);
  const order = Random.fromSeed(config.seed).fork('batches');
  return {
    objective: 'finetune',
    step,
    device: device.name,
    sequences: learn.store.length,
    tokensPerEpoch: learn.store.tokens,
    lengths: learn.store.lengths,
    tokensPerRun: TOKENS_PER_RUN,
    totalSteps: Math.ceil((Math.ceil(learn.store.length / batchSize) / gradientAccumulationSteps) * config.numEpochs),
    patience: config.patience,
    batches: (epoch) =>
      config.groupByLength
        ? lengthSortedBatches(learn.store.lengths, batchSize, order.fork(epoch))
        : shuffledBatches(learn.store.lengths, batchSize, order.fork(epoch)),
    prepare: (microBatches) => ({
      runs: microBatches.flatMap(({ examples }) => runsOf(learn, examples, padId)),
      tokens: microBatches.reduce((n, { examples }) => n + tokensOf(learn, examples), 0),
    }),
    evaluate: () => scorer.score(dev),
    async save(folder) {
      await saveModel(folder, { config: model, weights: all, vocabFile }, 'classification');
    },
    async restoreBest(folder) {
      step.store.load(await readModelWeights(folder));
    },
    ...(test ? { test: () => scorer.score(test) } : {}),
    async dispose() {
      await step.dispose();
      await scorer.dispose();
    },
  };
}

/** The feeds of a micro-batch, in runs of a bounded number of tokens. */
function runsOf({ examples, store }: Split, indexes: Uint32Array, padId: number): Run[] {
  const longest = indexes.reduce((max, i) => Math.max(max, store.lengths[i] as number), 0);
  const perRun = Math.max(1, Math.floor(TOKENS_PER_RUN / longest));
  const runs: Run[] = [];
  for (let at = 0; at < indexes.length; at += perRun) {
    const part = indexes.subarray(at, at + perRun);
    const labels = Int32Array.from(part, (i) => (examples[store.textOf[i]!] as LabelledExample).label);
    const feeds = { labels: int32(labels, [part.length]), meanScale: scalar(1 / indexes.length) };
    runs.push({ feeds: { ...classificationFeeds(padBatch(store, part, padId)), ...feeds } });
  }
  return runs;
}

function tokensOf({ store }: Split, indexes: Uint32Array): number {
  return indexes.reduce((n, i) => n + (store.lengths[i] as number), 0);
}
