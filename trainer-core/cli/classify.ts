/** `classify`: the label of each line of standard input. */

import { Classifier } from '../classify/classifier.js';
import { DEVICES } from '../protocol/runConfig.js';
import { defineCommand } from './command.js';
import { lineBatches, writeText } from './lines.js';
import { percent } from './numbers.js';

/** Reads lines; writes label, score and text, or with `--json` `{text, label, score, scores}`. */
export const classify = defineCommand({
  usage: '--model DIR [--json] < lines.txt',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    device: { type: 'string', value: DEVICES.join('|'), meaning: 'Where to compute.', default: 'auto' },
  },
  async run({ stdin, stdout, signal, json }, { model, device = 'auto' }) {
    const classifier = await Classifier.load(model, { device });
    for await (const batch of lineBatches(stdin, signal)) {
      const answers = await classifier.classify(batch);
      const lines = answers.map(({ label, score, scores }, i) => {
        const text = batch[i];
        return json ? JSON.stringify({ text, label, score, scores }) : `${label}\t${percent(score)}\t${text}`;
      });
      await writeText(stdout, `${lines.join('\n')}\n`, signal);
    }
    return true;
  },
});
