/** Fine-tuning of a sequence classifier (Hugging Face's `run_glue.py`). */
import { classificationGraph } from '../classify/classificationGraph.js';
import { encodeTexts } from '../corpus/encodeTexts.js';
import { Random } from '../corpus/random.js';
import { checkLength, loadModel, loadTokenizer, vocabFileOf } from '../hub/modelFiles.js';
import type { LabelledData, LabelledExample } from '../labelled/labelledExample.js';
import { readLabelled } from '../labelled/readLabelled.js';
import type { ModelConfig } from '../models/config.js';
import { classifierParameters } from '../models/heads.js';
import { initialParameters, parameterShapes, selectParameters } from '../models/parameters.js';
import { TrainerError } from '../protocol/errors.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { chooseDevice } from '../runtime/devices.js';
import { withConfigLine } from './configLine.js';
import { finetuneTask } from './finetuneTask.js';
import { train } from './loop.js';
import { checkFolder, type RunOptions } from './runStart.js';
import type { Split } from './scorer.js';
import type { PreparedTask } from './task.js';

/** Runs a fine-tuning. Throws what reading the model and the data throws, and what `train` throws. */
export async function runFinetune(config: FinetuneConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const { task } = await classificationTask(config, options.configFile ?? options.out);
  await train(task, config, options);
}

/**
 * The task of a fine-tuning. `place`: the config's file, for errors. `limitBytes`: about how much text of each file to turn into tokens;
 * labels are read from all of it. Throws what reading the model and the data throws, `configUnknownLabel` and `configImpossible`.
 */
export async function classificationTask(
  config: FinetuneConfig,
  place: string,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<PreparedTask> {
  return await withConfigLine(place, () => makeTask(config, place, limitBytes));
}

async function makeTask(config: FinetuneConfig, place: string, limitBytes: number): Promise<PreparedTask> {
  const device = await chooseDevice(config.device);
  const base = await loadModel(config.model);
  checkLength(config.maxSeqLength, base.config);
  const vocabFile = vocabFileOf(base.folder);
  const tokenizer = loadTokenizer(vocabFile, base.config.vocabSize);
  const trainData = await readLabelled(config.train);
  const { labels, problemType } = trainData;
  checkTargets(config, trainData, place);
  const devData = await readLabelled(config.dev, { labels });
  const testData = config.test === null ? null : await readLabelled(config.test, { labels });
  const encode = (all: readonly LabelledExample[]): Split => {
    const examples = firstExamples(all, limitBytes);
    return { examples, store: encodeTexts(examples, tokenizer, config.maxSeqLength) };
  };
  const [learn, dev] = [encode(trainData.examples), encode(devData.examples)];

  // A temperature was fitted to other weights.
  const model: ModelConfig = { ...base.config, labels, problemType, temperature: 1 };
  const { graph } = classificationGraph(model, true);
  const task = await finetuneTask({
    config,
    model,
    weights: classifierWeights(parameterShapes(graph), model, base.weights, base.folder, config.seed),
    vocabFile,
    padId: tokenizer.vocabulary.padId,
    learn,
    dev,
    test: testData && encode(testData.examples),
    device,
  });
  const part = textBytes(learn.examples) / textBytes(trainData.examples);
  return { task, teacher: null, part };
}

/** Refuses settings of a loss that the data does not have, and weights for classes that it does not have. */
function checkTargets(
  { labelSmoothing, classWeights }: FinetuneConfig,
  { problemType, labels }: LabelledData,
  file: string,
): void {
  const keys = [labelSmoothing > 0 ? 'labelSmoothing' : [], classWeights !== null ? 'classWeights' : []].flat();
  if (problemType !== 'single_label_classification' && keys.length > 0)
    throw new TrainerError('configImpossible', { file, line: null, keys, reason: 'not-one-class' });
  const named = typeof classWeights === 'object' ? Object.keys(classWeights ?? {}) : [];
  const unknown = named.find((label) => !labels.includes(label));
  if (unknown !== undefined)
    throw new TrainerError('configUnknownLabel', {
      file,
      line: null,
      key: 'classWeights',
      label: unknown,
      known: labels,
    });
}

/** The first examples, until they have `limitBytes` of text. */
function firstExamples(examples: readonly LabelledExample[], limitBytes: number): readonly LabelledExample[] {
  let bytes = 0;
  const end = examples.findIndex(({ text }) => {
    bytes += Buffer.byteLength(text);
    return bytes > limitBytes;
  });
  return end < 0 ? examples : examples.slice(0, Math.max(1, end));
}

function textBytes(examples: readonly LabelledExample[]): number {
  return examples.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
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
