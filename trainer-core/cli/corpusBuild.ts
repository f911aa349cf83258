/** `corpus build`: a corpus folder from dumps and other text. */

import * as z from 'zod';
import { buildCorpus } from '../corpusBuilder/buildCorpus.js';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { checkCorpusBounds } from '../protocol/configChecks.js';
import { corpusFields } from '../protocol/corpusSettings.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { INPUT_OPTION, warnOf } from './corpusInput.js';
import { corpusReportText } from './corpusReport.js';
import { showJob } from './jobProgress.js';
import { MODEL_OPTION, vocabularyOf } from './vocabulary.js';

const wanted = z
  .strictObject({
    ...corpusFields,
    maxSeqLength: distillConfig.shape.maxSeqLength,
    workers: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Worker threads, by default one for each core; the corpus does not depend on it.'),
  })
  .superRefine((config, context) => checkCorpusBounds(config, config.maxSeqLength, [], context));

/** Builds a corpus, or goes on with one that was interrupted; shows its report, and tells of damage in the input on standard error. */
export const corpusBuild = defineCommand({
  usage: '--input PATH --model PATH --out DIR',
  options: {
    input: INPUT_OPTION,
    model: MODEL_OPTION,
    out: { type: 'string', value: 'DIR', required: true, meaning: 'Folder to make, or to go on with.' },
  },
  config: wanted,
  async run(context, { input, model, out }, given) {
    const { signal, json, language } = context;
    const words = CORPUS_WORDS[language];
    const { maxSeqLength, workers, ...settings } = await loadConfig(wanted, undefined, given, 'corpus build');
    const options = { inputs: input, vocabFile: await vocabularyOf(model), out, settings, maxSeqLength, signal };
    const { manifest } = await showJob(
      context,
      (onStage) => buildCorpus({ ...options, ...(workers === null ? {} : { workers }), onStage }),
      (built) => `${words.written(built.folder)}\n\n${corpusReportText(built.manifest, language).trimEnd()}`,
      words.stopped,
    );
    if (!json) warnOf(manifest.report.faults, context);
    return true;
  },
});
