/** Reads what a model folder is from its `config.json` and the sizes of its files: no weights are opened. */

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { modelName } from './modelName.js';

/** What a model is for first of all: a BERT or RoBERTa teaches, a DistilBERT learns, a BERT or DistilBERT with a classification head classifies. */
export type ModelKind = 'teacher' | 'student' | 'classifier';

/** A model folder as the lists show it. */
export interface Model {
  /** Absolute path. */
  folder: string;
  name: string;
  kind: ModelKind;
  modelType: 'bert' | 'roberta' | 'distilbert';
  layers: number;
  hiddenSize: number;
  vocabSize: number;
  /** Of the weights' files. */
  sizeBytes: number;
  /** In the order of their ids; empty unless a classifier. */
  labels: string[];
}

/** A config with thousands of labels is below this; anything larger is another program's file. */
const CONFIG_BYTES = 1024 * 1024;

const common = {
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  vocab_size: z.number().default(30522),
};
/** Hugging Face's config.json, as far as the lists need it, with its defaults. */
const config = z.discriminatedUnion('model_type', [
  z
    .object({
      model_type: z.enum(['bert', 'roberta']),
      ...common,
      num_hidden_layers: z.number().default(12),
      hidden_size: z.number().default(768),
    })
    .transform((bert) => ({ ...bert, layers: bert.num_hidden_layers, hiddenSize: bert.hidden_size })),
  z
    .object({
      model_type: z.literal('distilbert'),
      ...common,
      n_layers: z.number().default(6),
      dim: z.number().default(768),
    })
    .transform((distilbert) => ({ ...distilbert, layers: distilbert.n_layers, hiddenSize: distilbert.dim })),
]);

/** The model in `folder`; undefined when it is none that can be used: no config of such a model, no weights, or a RoBERTa that classifies. */
export async function readModel(folder: string): Promise<Model | undefined> {
  const read = await readConfig(path.join(folder, 'config.json'));
  if (!read) return undefined;
  const sizeBytes = await weightsSize(folder);
  if (sizeBytes === 0) return undefined;
  const { model_type: modelType, vocab_size: vocabSize, layers, hiddenSize } = read;
  const architecture = read.architectures?.[0];
  const classifies = architecture ? architecture.endsWith('ForSequenceClassification') : Boolean(read.id2label);
  if (classifies && modelType === 'roberta') return undefined;
  return {
    folder,
    name: modelName(folder),
    kind: classifies ? 'classifier' : modelType === 'distilbert' ? 'student' : 'teacher',
    modelType,
    layers,
    hiddenSize,
    vocabSize,
    sizeBytes,
    labels: classifies ? Object.values(read.id2label ?? {}) : [],
  };
}

/** Any language model can be distilled from, also one that is small itself. */
export function canTeach({ kind }: Model): boolean {
  return kind !== 'classifier';
}

/** A RoBERTa can only teach. */
export function canBeTrained({ kind, modelType }: Model): boolean {
  return kind !== 'classifier' && modelType !== 'roberta';
}

async function readConfig(file: string): Promise<z.output<typeof config> | undefined> {
  try {
    if ((await stat(file)).size > CONFIG_BYTES) return undefined;
    return config.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    // Gone meanwhile, or no JSON: not a model, or not yet.
    return undefined;
  }
}

/** The first form of weights that is there counts, as for those who load it; 0 when there are none. */
async function weightsSize(folder: string): Promise<number> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const form of [
    /^model\.safetensors$/,
    /^model-.*\.safetensors$/,
    /^pytorch_model\.bin$/,
    /^pytorch_model-.*\.bin$/,
  ]) {
    const files = names.filter((name) => form.test(name));
    const sizes = await Promise.all(
      files.map(async (name) => (await stat(path.join(folder, name)).catch(() => null))?.size ?? 0),
    );
    if (files.length > 0) return sizes.reduce((sum, size) => sum + size, 0);
  }
  return 0;
}
