/** Fine-tuning of a sequence classifier (Hugging Face's `run_glue.py`). */
import { classificationGraph } from '../classify/classificationGraph.js';
import { Random } from '../corpus/random.js';
import { chooseDevice } from '../devices/chooseDevice.js';
import { checkLength, loadModel, loadTokenizer, vocabFileOf } from '../hub/modelFiles.js';
import type { LabelledData } from '../labelled/labelledExample.js';
import type { ModelConfig } from '../models/config.js';
import { classifierParameters } from '../models/heads.js';
import { initialParameters, parameterShapes, selectParameters } from '../models/parameters.js';
import type { DataSummary } from '../protocol/dataSummary.js';
import { TrainerError } from '../protocol/errors.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { resolvePrecision } from '../runtime/halfPrecision.js';
import { withConfigLine } from './configLine.js';
import { type EncodeOptions, encodeSets, readSets } from './finetuneData.js';
import { finetuneTask } from './finetuneTask.js';
import { train } from './loop.js';
import { checkFolder, type RunOptions } from './runStart.js';
import { checkTeacher, noAnswers, type SoftLabelSource, softLabels } from './softLabels.js';
import type { PreparedTask } from './task.js';

/** Runs a fine-tuning. Throws what reading the model and the data throws, and what `train` throws. */
export async function runFinetune(config: FinetuneConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const place = options.configFile ?? options.out;
  const { task, summary } = await classificationTask(config, place, { ...options, softLabels: softLabels(options) });
  options.onData?.(summary);
  await train(task, config, options);
}

export interface ClassificationOptions extends EncodeOptions {
  /** Where a teacher's answers come from; default zeros, for estimates. */
  softLabels?: SoftLabelSource;
}

/**
 * The task of a fine-tuning, and what its data is. `place`: the config's file, for errors.
 * Throws what reading the model and the data throws, `configUnknownLabel`, `configImpossible`, what
 * `softLabels` throws, and the signal's reason.
 */
export async function classificationTask(
  config: FinetuneConfig,
  place: string,
  options: ClassificationOptions,
): Promise<PreparedTask & { summary: DataSummary }> {
  return await withConfigLine(place, () => makeTask(config, place, options));
}

async function makeTask(config: FinetuneConfig, place: string, options: ClassificationOptions) {
  const device = await chooseDevice(config.device, options);
  const precision = await resolvePrecision(config.precision, device);
  const base = await loadModel(config.model);
  checkLength(config.maxSeqLength, base.config);
  const vocabFile = vocabFileOf(base.folder);
  const tokenizer = loadTokenizer(vocabFile, base.config.vocabSize);
  const sets = await readSets(config, options.signal);
  const { labels, problemType } = sets.train;
  checkTargets(config, sets.train, place);
  if (config.teacher !== null) await checkTeacher(config.teacher, labels, problemType);
  const { learn, dev, test, summary, part, texts } = await encodeSets(sets, config, tokenizer, options);
  const { softLabels: answers = noAnswers } = options;
  const { teacher, maxSeqLength, longTexts, stride } = config;
  const ofTeacher = { maxSeqLength: config.teacherMaxSeqLength ?? maxSeqLength, cut: { longTexts, stride } };
  const teacherDevice = config.teacherDevice ?? config.device;
  const asked = { texts, labels, problemType, ...ofTeacher, device: teacherDevice };
  const teacherLogits = teacher === null ? null : await answers({ teacher, ...asked });

  // A temperature was fitted to other weights.
  const textCut = { maxSeqLength, longTexts, stride };
  const model: ModelConfig = { ...base.config, labels, problemType, temperature: 1, textCut };
  const { graph } = classificationGraph(model, true);
  const task = await finetuneTask({
    config,
    model,
    weights: classifierWeights(parameterShapes(graph), model, base.weights, base.folder, config.seed),
    vocabFile,
    padId: tokenizer.vocabulary.padId,
    learn,
    teacherLogits,
    dev,
    test,
    device,
    precision,
  });
  return { task, teacher: null, part, summary };
}

/** Refuses settings of a loss that the data does not have, and weights for classes that it does not have. */
function checkTargets(
  { labelSmoothing, classWeights, calibrate }: FinetuneConfig,
  { problemType, labels }: LabelledData,
  file: string,
): void {
  const keys = [labelSmoothing > 0 ? 'labelSmoothing' : [], classWeights !== null ? 'classWeights' : []].flat();
  if (problemType !== 'single_label_classification' && keys.length > 0)
    throw new TrainerError('configImpossible', { file, line: null, keys, reason: 'not-one-class' });
  if (problemType === 'regression' && calibrate)
    throw new TrainerError('configImpossible', {
      file,
      line: null,
      keys: ['calibrate'],
      reason: 'numbers-have-no-classes',
    });
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
