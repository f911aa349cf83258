/** `explain`: why a classifier gives a text its label. */

import { type Explained, Explainer } from '../explain/explainer.js';
import { explainConfig, readingOptions } from '../protocol/classifyConfig.js';
import { DEVICES } from '../protocol/runConfig.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { explainedText, hasColour } from './heat.js';
import { JobProgressView } from './jobProgress.js';
import { lineBatches, writeText } from './lines.js';
import { percent, short } from './numbers.js';

/**
 * Writes the answer for a text, or for each line of standard input, and its words with what they add to the log-odds of the label; with
 * `--json` `{text, label, score, scores, explanation}` (see `protocol/explanation.ts`), a line each.
 */
export const explain = defineCommand({
  usage: '--model DIR --text TEXT, or --model DIR < lines.txt',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    text: { type: 'string', value: 'TEXT', meaning: 'The text to explain; without it each line of standard input.' },
    device: { type: 'string', value: DEVICES.join('|'), meaning: 'Where to compute.', default: 'auto' },
  },
  config: explainConfig,
  async run(context, { model, text, device = 'auto' }, settings) {
    const { stdin, stdout, stderr, env, json, language, signal } = context;
    const { method, label, steps, ...reading } = await loadConfig(explainConfig, undefined, settings, 'explain');
    const explainer = await Explainer.load(model, { device, ...readingOptions(reading) });
    const isNumber = explainer.classifier.config.problemType === 'regression';
    const how = { colour: hasColour(stdout, env), number: isNumber ? short : percent };
    const shown = (explained: Explained, of: string) =>
      json ? `${JSON.stringify({ text: of, ...explained })}\n` : explainedText(of, explained, language, how);
    let count = 0;
    for await (const texts of text === undefined ? lineBatches(stdin, signal) : [[text]]) {
      for (const of of texts) {
        const view = json || !stderr.isTTY ? null : new JobProgressView(context);
        const onProgress = (done: number, total: number) =>
          view?.onStage({ phase: 'explaining', done, total, unit: 'steps' });
        const explained = await explainer
          .explain(of, { method, label, steps, signal, onProgress })
          .finally(() => view?.end());
        const parted = count++ > 0 && !json ? '\n' : '';
        await writeText(stdout, parted + shown(explained, of), signal);
      }
    }
    return true;
  },
});
