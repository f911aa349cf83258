/** Copies a model to a folder that any program for Hugging Face models can read: safetensors, tokenizer files, model card. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readJsonObject } from '../checkpoint/json.js';
import { readModelConfig, writeModelFolder } from '../checkpoint/modelFolder.js';
import { tiedParameters } from '../models/heads.js';
import { TrainerError } from '../protocol/errors.js';
import type { ModelWritten, OnStage } from '../protocol/jobs.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { checkTexts, checkWeights } from './checkModel.js';
import { modelCard } from './modelCard.js';
import { vocabFileOf } from './modelFiles.js';
import { weightFacts } from './weightFacts.js';

export interface ExportOptions {
  model: string;
  /** Empty, not there, or a model folder that is to be replaced. */
  out: string;
  /** For the model card; default: what the model's run says. */
  license?: string | undefined;
  signal: AbortSignal;
  onStage?: OnStage;
}

/**
 * Writes `out`, whole or not at all. Weights stay half precision where they are in safetensors, else they become single precision.
 * Throws `outputIsInput`, what `checkTexts`, `checkWeights` and `writeModelFolder` throw, and an AbortError.
 */
export async function exportModel(options: ExportOptions): Promise<ModelWritten> {
  const { model, out, license, signal, onStage = () => {} } = options;
  await checkNotItself(model, out);
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const config = await checkTexts(model);
  const { dtype } = await weightFacts(model, config);
  const tensors = withoutTied(await checkWeights(model, config), tiedParameters(config));
  signal.throwIfAborted();
  const tokenizerFile = join(model, 'tokenizer_config.json');
  await writeModelFolder(out, {
    config: { ...(await readModelConfig(model)), torch_dtype: dtype === 'F16' ? 'float16' : 'float32' },
    tensors,
    vocabFile: vocabFileOf(model),
    tokenizerConfig: {
      model_max_length: config.maxPositions,
      ...(existsSync(tokenizerFile) ? await readJsonObject(tokenizerFile) : {}),
    },
    dtype,
    card: await modelCard(model, { name: basename(resolve(out)), license }),
    onBytes: (done, total) => {
      signal.throwIfAborted();
      onStage({ phase: 'copying', done, total, unit: 'bytes' });
    },
  });
  return { type: 'model', folder: out };
}

/** Throws `outputIsInput` when both are one folder, by whatever name. */
export async function checkNotItself(model: string, out: string): Promise<void> {
  const target = await realpath(out).catch(() => null);
  if (target !== null && target === (await realpath(model).catch(() => null))) {
    throw new TrainerError('outputIsInput', { file: model });
  }
}

/** Leaves out tensors that are copies of another one, as Hugging Face's own programs do. */
function withoutTied(tensors: NamedTensors, tied: ReadonlyMap<string, string>): NamedTensors {
  const isCopy = (name: string) => {
    const [copy, original] = [tensors.get(name)?.data, tensors.get(tied.get(name) ?? '')?.data];
    return copy !== undefined && original !== undefined && bytesOf(copy).equals(bytesOf(original));
  };
  return new Map([...tensors].filter(([name]) => !isCopy(name)));
}

function bytesOf(data: Float32Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
