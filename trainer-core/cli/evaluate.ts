/** `evaluate`: scores a classifier on labelled text. */

import { DEVICES } from '../protocol/runConfig.js';
import { evaluate as evaluateClassifier } from '../training/evaluate.js';
import { defineCommand } from './command.js';
import { reportText } from './tables.js';

/** Writes accuracy, macro-F1, a table of classes and the confusion matrix; with `--json` the whole report, misread examples too. */
export const evaluate = defineCommand({
  usage: '--model DIR --data FILE.tsv',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    data: { type: 'string', value: 'FILE', required: true, meaning: 'TSV: text, a tab, label.' },
    maxSeqLength: { type: 'number', value: 'N', meaning: 'Longer texts are cut to this many pieces.', default: '128' },
    batchSize: { type: 'number', value: 'N', meaning: 'Texts in a batch.', default: '32' },
    device: { type: 'string', value: DEVICES.join('|'), meaning: 'Where to compute.', default: 'auto' },
  },
  async run({ stdout, json, language, signal }, { model, data, maxSeqLength = 128, batchSize = 32, device = 'auto' }) {
    const report = await evaluateClassifier({ model, data, maxSeqLength, batchSize, device, signal });
    stdout.write(json ? `${JSON.stringify(report)}\n` : reportText(report, language));
    return true;
  },
});
