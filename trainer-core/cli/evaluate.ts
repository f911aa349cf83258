/** `evaluate`: scores a classifier on labelled text. */

import * as z from 'zod';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { DEVICES } from '../protocol/runConfig.js';
import { evaluate as evaluateClassifier } from '../training/evaluate.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { reportText } from './tables.js';

const scoring = z.strictObject({
  maxSeqLength: finetuneConfig.shape.maxSeqLength,
  batchSize: z.int().min(1).default(32).describe('Texts in a batch.'),
});

/** Writes accuracy, macro-F1, a table of classes and the confusion matrix; with `--json` the whole report, misread examples too. */
export const evaluate = defineCommand({
  usage: '--model DIR --data FILE.tsv',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    data: { type: 'string', value: 'FILE', required: true, meaning: 'TSV: text, a tab, label.' },
    device: { type: 'string', value: DEVICES.join('|'), meaning: 'Where to compute.', default: 'auto' },
  },
  config: scoring,
  async run({ stdout, json, language, signal }, { model, data, device = 'auto' }, settings) {
    const { maxSeqLength, batchSize } = await loadConfig(scoring, undefined, settings, 'evaluate');
    const report = await evaluateClassifier({ model, data, maxSeqLength, batchSize, device, signal });
    stdout.write(json ? `${JSON.stringify(report)}\n` : reportText(report, language));
    return true;
  },
});
