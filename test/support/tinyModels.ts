/** Vocabularies, texts and models so small that tests train them in a second. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classificationGraph } from '../../trainer-core/classify/classificationGraph.js';
import { Random } from '../../trainer-core/corpus/random.js';
import { saveModel } from '../../trainer-core/hub/modelFiles.js';
import type { ModelConfig } from '../../trainer-core/models/config.js';
import { embeddingParameter } from '../../trainer-core/models/encoder.js';
import { maskedLmParameters } from '../../trainer-core/models/heads.js';
import { initialParameters, parameterShapes } from '../../trainer-core/models/parameters.js';
import type { FloatTensor, NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { randomWeights } from '../../trainer-core/training/languageModelSources.js';
import type { Teacher } from '../../trainer-core/training/teacher.js';

const PLACES = ['東京', '大阪の会場', '京都', '海', '山', '駅', '近くの公園', '大学'];
const PEOPLE = ['選手', '監督', '先生', '学生', '記者', '市民', '社長', '子供'];
const VERBS = ['見た', '買った', '作った', '直した', '待った', '語った', '選んだ', '教えた'];

/** What a sentence is about decides its label, so a classifier can learn it. */
const THINGS = {
  スポーツ: ['野球の試合', '優勝', '走る練習'],
  映画: ['新作の映画', '主演の俳優', '舞台'],
  電気: ['新しい電話', '画面', '電池'],
};

/** The labels of `labelledLines`, in the order of their ids. */
export const TINY_LABELS = Object.keys(THINGS).sort();

/** Sentences of 12 to 40 characters; the same seed gives the same. */
export function sentences(count: number, seed = 1): { text: string; label: string }[] {
  const random = Random.fromSeed(seed);
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)] as T;
  return Array.from({ length: count }, () => {
    const label = pick(TINY_LABELS) as keyof typeof THINGS;
    const clause = () => `${pick(PLACES)}で${pick(PEOPLE)}が${pick(THINGS[label])}を${pick(VERBS)}`;
    const clauses = Array.from({ length: 1 + random.below(3) }, clause);
    return { text: `${clauses.join('、')}ということである。`, label };
  });
}

/** Writes sentences, one a line. */
export function writeCorpus(file: string, count: number, seed = 1): string {
  writeFileSync(
    file,
    `${sentences(count, seed)
      .map(({ text }) => text)
      .join('\n')}\n`,
  );
  return file;
}

/** Writes labelled sentences as TSV. */
export function writeTsv(file: string, count: number, seed = 1): string {
  writeFileSync(
    file,
    sentences(count, seed)
      .map(({ text, label }) => `${text}\t${label}\n`)
      .join(''),
  );
  return file;
}

/** A vocabulary of every character of the sentences, at the beginning of a word and within one; all files are the same. */
export function writeVocabulary(file: string, extra: readonly string[] = []): { file: string; size: number } {
  const characters = [
    ...new Set(
      sentences(500)
        .map(({ text }) => text)
        .join(''),
    ),
  ].sort();
  const inner = characters.map((character) => `##${character}`);
  const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...characters, ...inner, ...extra];
  writeFileSync(file, `${pieces.join('\n')}\n`);
  return { file, size: pieces.length };
}

/** The config of a tiny model: hidden 16, 2 heads, 2 layers, 64 positions. */
export function tinyConfig(modelType: ModelConfig['modelType'], changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    modelType,
    vocabSize: 30,
    hiddenSize: 16,
    layers: 2,
    heads: 2,
    intermediateSize: 32,
    maxPositions: 64,
    typeVocabSize: { bert: 2, roberta: 1, distilbert: 0 }[modelType],
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.1,
    // Larger than usual, so that answers of untrained models differ from text to text.
    initializerRange: 0.3,
    sinusoidalPositions: false,
    padTokenId: 0,
    labels: [],
    temperature: 1,
    problemType: 'single_label_classification',
    ...changes,
  };
}

/** A masked language model with random weights, in a folder of its own; gives its config. */
export async function writeLanguageModel(
  folder: string,
  modelType: ModelConfig['modelType'],
  changes: Partial<ModelConfig> = {},
): Promise<ModelConfig> {
  const vocabulary = writeVocabulary(`${folder}.vocab.txt`);
  const config = tinyConfig(modelType, { vocabSize: vocabulary.size, ...changes });
  await saveModel(folder, { config, weights: randomWeights(config, 7), vocabFile: vocabulary.file }, 'maskedLm');
  return config;
}

/** A classifier with random weights and the labels of the sentences. */
export async function writeClassifier(
  folder: string,
  modelType: ModelConfig['modelType'],
  dtype: 'F32' | 'F16' = 'F32',
): Promise<{ config: ModelConfig; weights: NamedTensors }> {
  const vocabulary = writeVocabulary(`${folder}.vocab.txt`);
  const config = tinyConfig(modelType, { vocabSize: vocabulary.size, labels: TINY_LABELS });
  const weights = classifierWeights(config);
  await saveModel(folder, { config, weights, vocabFile: vocabulary.file }, 'classification', dtype);
  return { config, weights };
}

/** Random weights of a classifier. */
export function classifierWeights(config: ModelConfig, seed = 7): NamedTensors {
  const random = Random.fromSeed(seed);
  return initialParameters(parameterShapes(classificationGraph(config, false).graph), config, () => random.normal());
}

/** A line of the text is a sequence, whatever stands before it. */
export const LINES = { sequences: 'lines', textDocuments: 'lines' };

/** A teacher, a corpus and a distillation of it: two runs a micro-batch, two micro-batches a step, dropout and masks. */
export async function writeDistillation(folder: string, changes: Record<string, unknown> = {}): Promise<string> {
  const teacher = join(folder, 'teacher');
  await writeLanguageModel(teacher, 'bert', { layers: 2 });
  const settings = {
    teacher,
    student: { layers: 1 },
    corpus: [writeCorpus(join(folder, 'corpus.txt'), 200)],
    corpusSettings: LINES,
    maxSeqLength: 64,
    batchSize: 24,
    gradientAccumulationSteps: 2,
    learningRate: 5e-3,
    numEpochs: 4,
    logSteps: 2,
    checkpointSteps: 3,
    ...changes,
  };
  const file = join(folder, 'tiny.distill.json');
  writeFileSync(file, JSON.stringify(settings, null, 2));
  return file;
}

/** A model, labelled texts and a fine-tuning of it that ends by its patience. */
export async function writeFinetuning(folder: string, changes: Record<string, unknown> = {}): Promise<string> {
  const model = join(folder, 'base');
  await writeLanguageModel(model, 'distilbert');
  const settings = {
    model,
    train: writeTsv(join(folder, 'train.tsv'), 60, 1),
    dev: writeTsv(join(folder, 'dev.tsv'), 30, 2),
    test: writeTsv(join(folder, 'test.tsv'), 30, 3),
    maxSeqLength: 64,
    batchSize: 8,
    gradientAccumulationSteps: 2,
    learningRate: 1e-3,
    numEpochs: 30,
    patience: 3,
    logSteps: 7,
    checkpointSteps: 3,
    ...changes,
  };
  const file = join(folder, 'tiny.finetune.json');
  writeFileSync(file, JSON.stringify(settings, null, 2));
  return file;
}

/** A teacher in float32 of these weights, which stay in memory. */
export function teacherInMemory(config: ModelConfig, weights: NamedTensors): Teacher {
  const names = [`${embeddingParameter(config, 'word_embeddings')}.weight`, maskedLmParameters(config).bias];
  return {
    config,
    precision: 'fp32',
    weights: { initializers: new Map([...weights].map(([name, { data }]) => [name, data])) },
    projection: new Map(names.map((name) => [name, weights.get(name) as FloatTensor])),
  };
}
