/** Scores a fine-tuned model on labelled text, fits its temperature, and compares two. */
import { join } from 'node:path';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import { readModelConfig } from '../checkpoint/modelFolder.js';
import { Classifier, type ClassifierOptions } from '../classify/classifier.js';
import type { LabelledExample } from '../labelled/labelledExample.js';
import { readLabelled } from '../labelled/readLabelled.js';
import { TEMPERATURE_KEY } from '../models/config.js';
import { TrainerError } from '../protocol/errors.js';
import type { ComparedEvaluation, Comparison, Evaluation } from '../protocol/evaluation.js';
import type { OnStage } from '../protocol/jobs.js';
import type { Reading } from '../protocol/labelledDataConfig.js';
import type { BootstrapOptions } from '../scores/bootstrap.js';
import { compareEvaluations } from '../scores/compareEvaluations.js';
import { evaluationOf } from '../scores/evaluationReport.js';
import { fitTemperature } from '../scores/temperature.js';
import { findEvaluation, readEvaluation } from '../scores/writeEvaluation.js';

/** Texts between two words of progress: enough for batches of like length. */
const TEXTS_AT_A_TIME = 512;

export interface EvaluateOptions extends ClassifierOptions {
  /** Folder of the fine-tuned model. */
  model: string;
  /** Texts and labels, which must be labels the model knows. */
  data: string;
  /** How it is read; what a label is follows from the model. */
  reading?: Partial<Reading>;
  /** Fit the model's temperature to this data, and write it into its `config.json`. */
  calibrate?: boolean;
  /** Stops between batches with an AbortError. */
  signal?: AbortSignal | undefined;
  onStage?: OnStage;
}

/**
 * The scores of `model` on `data`. Throws the errors of reading both; with `calibrate` `temperatureUnbounded`,
 * `regressionHasNoClasses`, `diskFull` and `folderNotWritable`.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { model, data, reading, calibrate = false, signal, onStage = () => {}, ...classifierOptions } = options;
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const classifier = await Classifier.load(model, classifierOptions, { ...(signal && { signal }), onStage });
  try {
    const { config, labels } = classifier;
    if (calibrate && config.problemType === 'regression')
      throw new TrainerError('regressionHasNoClasses', { place: model });
    const { examples } = await readLabelled(data, {
      ...reading,
      problemType: config.problemType,
      labels,
      ...(signal ? { signal } : {}),
    });
    const logits = await logitsOf(classifier, examples, signal, onStage);
    const meaning = { problemType: config.problemType, labels, temperature: config.temperature };
    if (calibrate) {
      const temperature = fitTemperature(
        examples.map(({ label, labels: several }, i) => ({ logits: logits[i]!, label: several ?? label })),
      );
      if (temperature === null) throw new TrainerError('temperatureUnbounded', { data, examples: examples.length });
      meaning.temperature = temperature;
      await writeTemperature(model, temperature);
    }
    return await evaluationOf(meaning, { model, data }, examples, logits, resampling(signal, onStage));
  } finally {
    await classifier.dispose();
  }
}

/** Two models, or two evaluations of some, to be compared; the latter when there is no `data`. */
export type CompareOptions = Omit<EvaluateOptions, 'model' | 'data' | 'calibrate'> & {
  places: readonly string[];
  data?: string | undefined;
};

/**
 * Compares two classifiers on the same examples. Throws what `evaluate` throws, `comparisonNotOfTwo`, `evaluationNotFound`,
 * `evaluationInvalid`, `evaluationsOfOtherData`, `regressionHasNoClasses`.
 */
export async function compare({ places, data, ...options }: CompareOptions): Promise<Comparison> {
  const [a, b] = places;
  if (places.length !== 2 || a === undefined || b === undefined) {
    throw new TrainerError('comparisonNotOfTwo', { got: places.length });
  }
  const read = async (place: string): Promise<ComparedEvaluation> => {
    if (data !== undefined) return evaluate({ ...options, model: place, data });
    const file = await findEvaluation(place);
    if (file === null) throw new TrainerError('evaluationNotFound', { place });
    return readEvaluation(file);
  };
  const [first, second] = [await read(a), await read(b)];
  for (const [{ problemType }, place] of [[first, a] as const, [second, b] as const]) {
    if (problemType === 'regression') throw new TrainerError('regressionHasNoClasses', { place });
  }
  if (first.examplesHash !== second.examplesHash) {
    throw new TrainerError('evaluationsOfOtherData', { first: a, second: b, data: [first.data, second.data] });
  }
  return compareEvaluations(first, second, resampling(options.signal, options.onStage));
}

function resampling(signal: AbortSignal | undefined, onStage: OnStage = () => {}): BootstrapOptions {
  return {
    signal,
    onResample: (done, total) => onStage({ phase: 'resampling', done, total, unit: 'steps' }),
  };
}

async function logitsOf(
  classifier: Classifier,
  examples: readonly LabelledExample[],
  signal: AbortSignal | undefined,
  onStage: OnStage,
): Promise<Float32Array[]> {
  const logits: Float32Array[] = [];
  const stage = () => onStage({ phase: 'classifying', done: logits.length, total: examples.length, unit: 'steps' });
  for (let at = 0; at < examples.length; at += TEXTS_AT_A_TIME) {
    stage();
    logits.push(...(await classifier.logits(examples.slice(at, at + TEXTS_AT_A_TIME), signal)));
  }
  stage();
  return logits;
}

/** Keeps every other key of the `config.json`, in its place. */
async function writeTemperature(folder: string, temperature: number): Promise<void> {
  const config = { ...(await readModelConfig(folder)), [TEMPERATURE_KEY]: temperature };
  await atomicFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}
