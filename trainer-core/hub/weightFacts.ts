/** What can be said of a model folder without the values of its weights. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, readJsonObject } from '../checkpoint/json.js';
import { defaultTokenizerConfig, readModelWeights } from '../checkpoint/modelFolder.js';
import { readSafetensorsHeader, type WrittenDType } from '../checkpoint/safetensors.js';
import { elementType } from '../checkpoint/storedDType.js';
import type { ModelConfig } from '../models/config.js';
import { headOf, tiedParameters } from '../models/heads.js';
import { hasCode } from '../protocol/errors.js';

export interface WeightFacts {
  head: ReturnType<typeof headOf>;
  /** Tied copies not counted. */
  parameters: number;
  /** What they are stored as, or are written as by `export`. */
  dtype: WrittenDType;
  /** MeCab's dictionary, as transformers calls it. */
  dictionary: string;
}

/** Reads the header alone where there is a `model.safetensors`. Throws the errors of reading models. */
export async function weightFacts(folder: string, config: ModelConfig): Promise<WeightFacts> {
  const header = await readSafetensorsHeader(join(folder, 'model.safetensors')).catch((error: unknown) => {
    if (hasCode(error, 'fileNotFound')) return null;
    throw error;
  });
  const entries = header?.filter(({ dtype }) => elementType(dtype).isFloat);
  const shapes = entries
    ? new Map(entries.map(({ name, dims }) => [name, dims]))
    : new Map([...(await readModelWeights(folder))].map(([name, { dims }]) => [name, dims]));
  const tied = tiedParameters(config);
  let parameters = 0;
  for (const [name, dims] of shapes) if (!tied.has(name)) parameters += dims.reduce((product, dim) => product * dim, 1);
  const isHalf = entries?.every(({ dtype }) => dtype === 'F16');
  const dictionary = await dictionaryOf(folder);
  return { head: headOf(shapes, config), parameters, dtype: isHalf ? 'F16' : 'F32', dictionary };
}

async function dictionaryOf(folder: string): Promise<string> {
  const file = join(folder, 'tokenizer_config.json');
  const { mecab_kwargs: mecab } = existsSync(file) ? await readJsonObject(file) : {};
  const named = isJsonObject(mecab) ? mecab.mecab_dic : null;
  return typeof named === 'string' ? named : defaultTokenizerConfig.mecab_kwargs.mecab_dic;
}
