/** What labelled data is, as a fine-tuning would read it: `data`. */
import { loadTokenizer, readConfig, vocabFileOf } from '../hub/modelFiles.js';
import type { DataConfig } from '../protocol/dataConfig.js';
import type { DataSummary } from '../protocol/dataSummary.js';
import { type EncodeOptions, encodeSets, readSets } from './finetuneData.js';

/** Reads the sets, and with a model counts their pieces. Throws what reading data, config and vocabulary throws, and the signal's reason. */
export async function describeData(config: DataConfig, options: EncodeOptions): Promise<DataSummary> {
  const { model } = config;
  options.onStage?.({ phase: 'reading', done: 0, total: null, unit: 'bytes', file: config.train });
  const sets = await readSets({ ...config, unlabelled: null }, options.signal);
  if (model === null) return sets.summary;
  const tokenizer = loadTokenizer(vocabFileOf(model), (await readConfig(model)).vocabSize);
  return (await encodeSets(sets, config, tokenizer, options)).summary;
}
