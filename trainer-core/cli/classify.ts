/** `classify`: the label of each line of standard input, or of a file into a TSV. */

import { Classifier } from '../classify/classifier.js';
import { classifyFile } from '../classify/classifyFile.js';
import { TERMINAL } from '../messages/terminal.js';
import { TrainerError } from '../protocol/errors.js';
import { DEVICES } from '../protocol/runConfig.js';
import { type CommandContext, defineCommand } from './command.js';
import { showJob } from './jobProgress.js';
import { lineBatches, writeText } from './lines.js';
import { grouped, percent } from './numbers.js';

/**
 * Reads lines; writes label, score and text, or with `--json` `{text, label, score, scores}`. With `--input` and `--output` it is a
 * job: it shows its progress, and writes the file whole or not at all.
 */
export const classify = defineCommand({
  usage: '--model DIR < lines.txt, or --model DIR --input FILE --output FILE.tsv',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    input: { type: 'string', value: 'FILE', meaning: 'UTF-8 text (plain or .gz) of any size, one text a line.' },
    output: {
      type: 'string',
      value: 'FILE',
      meaning: 'TSV to write: label, score (0 to 1) and text under a header; blank lines stay, without a label.',
    },
    device: { type: 'string', value: DEVICES.join('|'), meaning: 'Where to compute.', default: 'auto' },
  },
  async run(context, { model, input, output, device = 'auto' }) {
    if (input === undefined && output === undefined) return classifyLines(context, model, device);
    if (input === undefined || output === undefined) {
      const option = input === undefined ? '--input' : '--output';
      throw new TrainerError('usage', { problem: 'option-missing', option, command: 'classify' });
    }
    const { signal, language } = context;
    await showJob(
      context,
      (onStage) => classifyFile({ model, input, output, device, signal, onStage }),
      ({ lines }) => TERMINAL[language].classified(grouped(lines), output),
    );
    return true;
  },
});

async function classifyLines(context: CommandContext, model: string, device: string): Promise<true> {
  const { stdin, stdout, signal, json } = context;
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
}
