/** Sequence classification as a task of the loop. */

import { join } from 'node:path';
import { readModelWeights } from '../checkpoint/modelFolder.js';
import { lengthSortedBatches, shuffledBatches } from '../corpus/batches.js';
import { Random } from '../corpus/random.js';
import { saveModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { depthOf } from '../models/encoder.js';
import { untrainedParameters } from '../models/parameters.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { Precision } from '../protocol/precision.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import { classifierLosses } from './classifierLosses.js';
import { finetuneRuns, type LearningSet } from './finetuneBatch.js';
import { tokensPerRun } from './runSize.js';
import { Scorer, type Split } from './scorer.js';
import { classWeightsOf, targetOf } from './targets.js';
import type { Task } from './task.js';
import { createTrainStep } from './trainStep.js';

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
  /** Texts after the examples have no labels, only the teacher's answers. */
  learn: Split;
  /** Of every text to learn from, end to end; null without a teacher. */
  teacherLogits: Float32Array | null;
  dev: Split;
  test: Split | null;
  device: Device;
  /** As `resolvePrecision` gives it; default fp32. */
  precision?: Precision;
}

/** Builds the graphs and makes everything ready. */
export async function finetuneTask(options: FinetuneTaskOptions): Promise<Task> {
  const {
    config,
    model,
    weights,
    vocabFile,
    padId,
    learn,
    teacherLogits,
    dev,
    test,
    device,
    precision = 'fp32',
  } = options;
  const { batchSize, gradientAccumulationSteps } = config;
  const { dropout: everywhere } = config;
  const dropout =
    everywhere === null
      ? {}
      : { hiddenDropout: everywhere, attentionDropout: everywhere, classifierDropout: everywhere };
  const { graph, total, losses } = classifierLosses({ ...model, ...dropout }, teacherLogits && config);
  const untrained = untrainedParameters(model);
  const part = (trained: boolean) => new Map([...weights].filter(([name]) => untrained.includes(name) !== trained));
  const fixed = part(false);
  const step = await createTrainStep({
    graph,
    loss: total,
    reported: { total, ...losses },
    weights: part(true),
    fixed,
    adamw: { beta1: config.adamBeta1, beta2: config.adamBeta2, epsilon: config.adamEpsilon, ...config },
    rateOf: (name) => config.layerwiseLrDecay ** (model.layers + 1 - depthOf(name, model)),
    accumulate: true,
    keepGradients: config.tensorboard === 'parameters',
    device,
  });
  const all = new Map([...fixed, ...step.store.views(step.store.values)]);
  const scorer = await Scorer.create(model, all, padId, device, config.metric);
  const order = Random.fromSeed(config.seed).fork('batches');
  const targets = {
    problemType: model.problemType,
    outputs: model.labels.length,
    labelSmoothing: config.labelSmoothing,
    classWeights: classWeightsOf(config.classWeights, model.labels, learn.examples),
  };
  const set: LearningSet = {
    store: learn.store,
    targetOf: (text) => (text < learn.examples.length ? targetOf(learn.examples[text]!, targets) : null),
    teacherLogits,
  };
  let longest = 1;
  for (let i = 0; i < learn.store.length; i++) longest = Math.max(longest, learn.store.lengths[i]!);
  const cut = {
    padId,
    outputs: model.labels.length,
    tokensPerRun: tokensPerRun({ most: TOKENS_PER_RUN, longest, models: [model] }),
  };
  let temperature = 1;
  return {
    objective: 'finetune',
    step,
    device,
    precision,
    sequences: learn.store.length,
    tokensPerEpoch: learn.store.tokens,
    lengths: learn.store.lengths,
    tokensPerRun: cut.tokensPerRun,
    halveRuns() {
      // A run has one sequence at least, so it cannot be smaller than the longest.
      if (cut.tokensPerRun <= longest) return null;
      cut.tokensPerRun = Math.max(longest, Math.floor(cut.tokensPerRun / 2));
      return cut.tokensPerRun;
    },
    totalSteps: Math.ceil((Math.ceil(learn.store.length / batchSize) / gradientAccumulationSteps) * config.numEpochs),
    patience: config.patience,
    batches: (epoch) =>
      config.groupByLength
        ? lengthSortedBatches(learn.store.lengths, batchSize, order.fork(epoch))
        : shuffledBatches(learn.store.lengths, batchSize, order.fork(epoch)),
    prepare: (microBatches) => ({
      runs: finetuneRuns(
        microBatches.map(({ examples }) => examples),
        set,
        cut,
      ),
      tokens: microBatches.reduce((n, { examples }) => n + tokensOf(learn, examples), 0),
    }),
    evaluate: () => scorer.score(dev),
    async save(folder) {
      await saveModel(folder, { config: { ...model, temperature }, weights: all, vocabFile }, 'classification');
    },
    async restoreBest(folder) {
      step.store.load(await readModelWeights(folder));
      await step.push();
    },
    async conclude(folder, finished) {
      if (config.calibrate) temperature = await scorer.calibrate(dev);
      const write = (split: Split, name: 'dev' | 'test', data: string) =>
        scorer.write(split, join(folder, name), { model: finished, data });
      // Without a file of its own, dev is a part of the training set.
      await write(dev, 'dev', config.dev ?? config.train);
      return test && config.test !== null ? await write(test, 'test', config.test) : null;
    },
    async dispose() {
      await step.dispose();
      await scorer.dispose();
    },
  };
}

function tokensOf({ store }: Split, indexes: Uint32Array): number {
  return indexes.reduce((n, i) => n + (store.lengths[i] as number), 0);
}
