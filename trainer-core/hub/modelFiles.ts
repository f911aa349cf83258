/** Model folders as the trainer reads and writes them: config, weights, vocabulary, checked against each other. */
import { join } from 'node:path';
import { readModelConfig, readModelWeights, writeModelFolder } from '../checkpoint/modelFolder.js';
import { longestSequence, type ModelConfig, type ModelType, parseModelConfig, toConfigJson } from '../models/config.js';
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';

/** A model as its folder has it; the weights are all the file's, whatever head they are for. */
export interface LoadedModel {
  folder: string;
  config: ModelConfig;
  weights: NamedTensors;
}

/** Reads a folder's `config.json`. Throws `modelFolderNotFound`, `modelHasNoConfig`, `modelTypeUnsupported`, `modelConfigInvalid`. */
export async function readConfig(folder: string, types?: readonly ModelType[]): Promise<ModelConfig> {
  return parseModelConfig(await readModelConfig(folder), join(folder, 'config.json'), types);
}

/** Reads a model folder. `types`: default, what can be trained. Throws the errors of its formats, `modelTypeUnsupported` and `modelConfigInvalid`. */
export async function loadModel(folder: string, types?: readonly ModelType[]): Promise<LoadedModel> {
  return { folder, config: await readConfig(folder, types), weights: await readModelWeights(folder) };
}

/** The vocabulary of a model folder. */
export function vocabFileOf(folder: string): string {
  return join(folder, 'vocab.txt');
}

/** The tokenizer of a vocabulary file, which must have as many pieces as the model has embeddings. Throws `vocabularySizeMismatch`. */
export function loadTokenizer(vocabFile: string, vocabSize: number): JapaneseTokenizer {
  const tokenizer = JapaneseTokenizer.load({ vocabFile });
  const got = tokenizer.vocabulary.size;
  if (got !== vocabSize)
    throw new TrainerError('vocabularySizeMismatch', { file: vocabFile, expected: vocabSize, got });
  return tokenizer;
}

/** Throws `sequenceLongerThanPositions` when a model cannot read sequences of this many pieces. */
export function checkLength(requested: number, config: ModelConfig): void {
  const positions = longestSequence(config);
  if (requested > positions) throw new TrainerError('sequenceLongerThanPositions', { requested, positions });
}

/** Writes a model folder that Hugging Face's classes open, whole or not at all. */
export async function saveModel(
  folder: string,
  model: { config: ModelConfig; weights: NamedTensors; vocabFile: string },
  head: 'maskedLm' | 'classification',
  dtype: 'F32' | 'F16' = 'F32',
): Promise<void> {
  const { config, weights, vocabFile } = model;
  await writeModelFolder(folder, {
    config: toConfigJson(config, head),
    tensors: weights,
    vocabFile,
    tokenizerConfig: { model_max_length: config.maxPositions },
    dtype,
  });
}
