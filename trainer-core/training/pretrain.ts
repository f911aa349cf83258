/** Pre-training by masked language modelling (Devlin et al. 2019), from random weights or from a model folder. */

import { type ChooseOptions, chooseDevice } from '../devices/chooseDevice.js';
import { checkLength, loadTokenizer } from '../hub/modelFiles.js';
import type { PretrainConfig } from '../protocol/pretrainConfig.js';
import { resolvePrecision } from '../runtime/halfPrecision.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import type { CorpusSource } from './corpusSource.js';
import { loadStudent, newModelConfig, randomWeights } from './languageModelSources.js';
import { languageModelTask } from './languageModelTask.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';
import { checkFolder, type RunOptions } from './runStart.js';
import type { PreparedTask } from './task.js';

/** Runs a pre-training. Throws what reading models and text throws, and what `train` throws. */
export async function runPretrain(config: PretrainConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const { task } = await pretrainTask(config, options.configFile ?? options.out, runCorpus(options), options);
  await train(task, config, options);
}

/** The task of a pre-training. `place`: the config's file, for errors. Throws what reading models and the corpus throws. */
export async function pretrainTask(
  config: PretrainConfig,
  place: string,
  source: CorpusSource,
  choosing: ChooseOptions = {},
): Promise<PreparedTask> {
  const device = await chooseDevice(config.device, choosing);
  const precision = await resolvePrecision(config.precision, device);
  const model = typeof config.model === 'string' ? await loadStudent(config.model) : newModel(config);
  const tokenizer = loadTokenizer(config.vocab, model.config.vocabSize);
  checkLength(config.maxSeqLength, model.config);
  const corpus = await source({ ...config, tokenizer, vocabFile: config.vocab, place });
  const dropout = { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const task = await languageModelTask({
    objective: 'pretrain',
    student: { ...model, config: { ...model.config, ...dropout }, vocabFile: config.vocab },
    teacher: null,
    losses: { weights: { mlm: 1 }, temperature: 1, restrictCeToMask: false },
    corpus,
    vocabulary: tokenizer.vocabulary,
    settings: { ...config, freezePositionEmbeddings: false, freezeTokenTypeEmbeddings: false },
    device,
    precision,
  });
  return { task, teacher: null, part: corpus.part };
}

function newModel({ model, modelType, vocab, seed }: PretrainConfig) {
  if (typeof model === 'string') throw new Error('unreachable: the model is a folder');
  const { size } = JapaneseTokenizer.load({ vocabFile: vocab }).vocabulary;
  const config = newModelConfig(model, modelType, size, null);
  return { config, weights: randomWeights(config, seed), vocabFile: vocab };
}
