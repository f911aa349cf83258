/** Fine-tuning of a sequence classifier (Hugging Face's `run_glue.py`). */
import { classificationFeeds, classificationGraph } from '../classify/classificationGraph.js';
import { lengthSortedBatches, padBatch, shuffledBatches } from '../corpus/batches.js';
import { type LabelledExample, readLabelled } from '../corpus/labelled.js';
import { Random } from '../corpus/random.js';
import { encodeTexts } from '../corpus/sequences.js';
import { checkLength, loadModel, loadTokenizer, saveModel, vocabFileOf } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { classifierParameters } from '../models/heads.js';
import { initialParameters, parameterShapes, selectParameters } from '../models/parameters.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { chooseDevice } from '../runtime/devices.js';
import { int32, scalar } from '../runtime/hostTensor.js';
import { type MicroBatch, type RunOptions, type Task, train } from './loop.js';
import { Scorer, type Split } from './scorer.js';
import { type Run, TrainStep } from './trainStep.js';

/** Tokens a run of the gradient graph works on at most. */
const TOKENS_PER_RUN = 4096;
/** Runs a fine-tuning. Throws what reading the model and the data throws, and what `train` throws. */
export async function runFinetune(config: FinetuneConfig, options: RunOptions): Promise<void> {
  const device = await chooseDevice(config.device);
  const base = await loadModel(config.model);
  checkLength(config.maxSeqLength, base.config);
  const vocabFile = vocabFileOf(base.folder);
  const tokenizer = loadTokenizer(vocabFile, base.config.vocabSize);
  const trainData = await readLabelled(config.train);
  const { labels } = trainData;
  const devData = await readLabelled(config.dev, { labels });
  const testData = config.test === null ? null : await readLabelled(config.test, { labels });
  const encode = (examples: readonly LabelledExample[]): Split => ({
    examples,
    store: encodeTexts(
      examples.map(({ text }) => text),
      tokenizer,
      config.maxSeqLength,
    ),
  });
  const [learn, dev] = [encode(trainData.examples), encode(devData.examples)];
  const test = testData && encode(testData.examples);

  const dropout = config.dropout === null ? {} : { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const model: ModelConfig = { ...base.config, labels };
  const { graph, loss } = classificationGraph({ ...model, ...dropout }, true);
  const weights = classifierWeights(parameterShapes(graph), model, base.weights, base.folder, config.seed);
  const { batchSize, gradientAccumulationSteps } = config;
  const step = await TrainStep.create({
    graph,
    loss,
    reported: { total: loss },
    weights,
    adamw: { beta1: config.adamBeta1, beta2: config.adamBeta2, epsilon: config.adamEpsilon, ...config },
    accumulate: gradientAccumulationSteps > 1 || batchSize * config.maxSeqLength > TOKENS_PER_RUN,
    threads: device.threads,
  });
  const padId = tokenizer.vocabulary.padId;
  const scorer = await Scorer.create(model, step.store, padId, device.threads, config.metric);
  const order = Random.fromSeed(config.seed).fork('batches');
  const batchesPerEpoch = Math.ceil(learn.store.length / batchSize);

  const task: Task = {
    objective: 'finetune',
    step,
    device: device.name,
    sequences: learn.store.length,
    tokensPerEpoch: learn.store.tokens,
    totalSteps: Math.ceil((batchesPerEpoch / gradientAccumulationSteps) * config.numEpochs),
    patience: config.patience,
    batches: (epoch) =>
      config.groupByLength
        ? lengthSortedBatches(learn.store.lengths, batchSize, order.fork(epoch))
        : shuffledBatches(learn.store.lengths, batchSize, order.fork(epoch)),
    microBatch: async (examples) => microBatch(learn, examples, padId),
    evaluate: () => scorer.score(dev),
    save: async (folder) => {
      await saveModel(
        folder,
        { config: model, weights: step.store.views(step.store.values), vocabFile },
        'classification',
      );
    },
    restoreBest: async (folder) => {
      step.store.load((await loadModel(folder)).weights);
    },
    ...(test ? { test: () => scorer.score(test) } : {}),
    async dispose() {
      await step.dispose();
      await scorer.dispose();
    },
  };
  await train(task, config, options);
}

/** The encoder's weights from the file; the head's too when it is for as many classes, else new ones. */
function classifierWeights(
  shapes: ReadonlyMap<string, number[]>,
  model: ModelConfig,
  weights: NamedTensors,
  file: string,
  seed: number,
): NamedTensors {
  const { pooler, classifier } = classifierParameters(model);
  const isHead = (name: string) => name.startsWith(`${pooler}.`) || name.startsWith(`${classifier}.`);
  const fits = (name: string, dims: readonly number[]) => {
    const found = weights.get(name);
    return found !== undefined && found.dims.length === dims.length && found.dims.every((dim, i) => dim === dims[i]);
  };
  const missing = new Map([...shapes].filter(([name, dims]) => isHead(name) && !fits(name, dims)));
  const random = Random.fromSeed(seed).fork('head');
  const made = initialParameters(missing, model, () => random.normal());
  return selectParameters(shapes, new Map([...weights, ...made]), file);
}

/** The feeds of a micro-batch, in runs of a bounded number of tokens. */
function microBatch({ examples, store }: Split, indexes: Uint32Array, padId: number): MicroBatch {
  const longest = indexes.reduce((max, i) => Math.max(max, store.lengths[i] as number), 0);
  const perRun = Math.max(1, Math.floor(TOKENS_PER_RUN / longest));
  const runs: Run[] = [];
  let tokens = 0;
  for (let at = 0; at < indexes.length; at += perRun) {
    const part = indexes.subarray(at, at + perRun);
    const batch = padBatch(store, part, padId);
    const labels = Int32Array.from(part, (i) => (examples[i] as LabelledExample).label);
    const feeds = { labels: int32(labels, [part.length]), meanScale: scalar(1 / indexes.length) };
    runs.push({ feeds: { ...classificationFeeds(batch), ...feeds } });
    tokens += batch.lengths.reduce((n, length) => n + length, 0);
  }
  return { runs, tokens };
}
