/** Pre-training by masked language modelling (Devlin et al. 2019), from random weights or from a model folder. */

import { loadTokenizer } from '../hub/modelFiles.js';
import type { PretrainConfig } from '../protocol/pretrainConfig.js';
import { chooseDevice } from '../runtime/devices.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { loadCorpus, loadStudent, newModelConfig, randomWeights } from './languageModelSources.js';
import { languageModelTask } from './languageModelTask.js';
import { train } from './loop.js';
import { checkFolder, type RunOptions } from './runStart.js';
import type { PreparedTask } from './task.js';

/** Runs a pre-training. Throws what reading models and text throws, and what `train` throws. */
export async function runPretrain(config: PretrainConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const { task } = await pretrainTask(config);
  await train(task, config, options);
}

/** The task of a pre-training. `limitBytes`: about how much of the corpus to read. Throws what reading models and text throws. */
export async function pretrainTask(config: PretrainConfig, limitBytes?: number): Promise<PreparedTask> {
  const device = await chooseDevice(config.device);
  const model = typeof config.model === 'string' ? await loadStudent(config.model) : newModel(config);
  const tokenizer = loadTokenizer(config.vocab, model.config.vocabSize);
  const corpus = await loadCorpus(config.corpus, tokenizer, config.maxSeqLength, [model.config], limitBytes);
  const dropout = { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const task = await languageModelTask({
    objective: 'pretrain',
    student: { ...model, config: { ...model.config, ...dropout }, vocabFile: config.vocab },
    teacher: null,
    losses: { weights: { mlm: 1 }, temperature: 1, restrictCeToMask: false },
    corpus,
    vocabulary: tokenizer.vocabulary,
    settings: { ...config, freezePositionEmbeddings: false },
    device,
  });
  return { task, teacherParameters: null, part: corpus.report.part };
}

function newModel({ model, modelType, vocab, seed }: PretrainConfig) {
  if (typeof model === 'string') throw new Error('unreachable: the model is a folder');
  const { size } = JapaneseTokenizer.load({ vocabFile: vocab }).vocabulary;
  const config = newModelConfig(model, modelType, size, null);
  return { config, weights: randomWeights(config, seed), vocabFile: vocab };
}
