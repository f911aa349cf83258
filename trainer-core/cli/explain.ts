/** `explain`: why a classifier gives a text its label. */

import { atomicFile } from '../checkpoint/atomicWrite.js';
import { checkOutput } from '../checkpoint/outputFile.js';
import { Explainer } from '../explain/explainer.js';
import { PAGE_END, pageStart, pageText } from '../explain/explanationPage.js';
import { TERMINAL } from '../messages/terminal.js';
import { explainConfig, readingOptions } from '../protocol/classifyConfig.js';
import { DEVICE_CHOICES } from '../protocol/devices.js';
import { choosing } from './choosing.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { explainedText, hasColour } from './heat.js';
import { JobProgressView } from './jobProgress.js';
import { lineBatches, writeText } from './lines.js';
import { percent, short } from './numbers.js';

/**
 * Writes the answer for a text, or for each line of standard input, and its words with what they add to the log-odds of the label; with
 * `--json` `{text, label, score, scores, explanation}` (see `protocol/explanation.ts`), a line each. `--html` is written whole or not at all.
 */
export const explain = defineCommand({
  usage: '--model DIR --text TEXT, or --model DIR < lines.txt',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    text: { type: 'string', value: 'TEXT', meaning: 'The text to explain; without it each line of standard input.' },
    html: {
      type: 'string',
      value: 'FILE',
      meaning: 'Also write the texts on their heat, with tables of words, as a web page.',
    },
    device: { type: 'string', choices: DEVICE_CHOICES, meaning: 'Where to compute.', default: 'auto' },
  },
  config: explainConfig,
  async run(context, { model, text, html, device = 'auto' }, settings) {
    const { stdin, stdout, stderr, env, json, language, signal } = context;
    const { method, label, steps, ...reading } = await loadConfig(explainConfig, undefined, settings, 'explain');
    if (html !== undefined) await checkOutput(html, []);
    const { end, ...waiting } = choosing(context);
    const explainer = await Explainer.load(model, { device, ...readingOptions(reading) }, waiting).finally(end);
    const number = explainer.classifier.config.problemType === 'regression' ? short : percent;
    const how = { colour: hasColour(stdout, env), number };
    const page = TERMINAL[language].explanation.page;

    /** Explains one text after another, and gives the page's parts. */
    async function* explained(): AsyncGenerator<string> {
      yield pageStart(page);
      let count = 0;
      for await (const texts of text === undefined ? lineBatches(stdin, signal) : [[text]]) {
        for (const of of texts) {
          const view = json || !stderr.isTTY ? null : new JobProgressView(context);
          const onProgress = (done: number, total: number) =>
            view?.onStage({ phase: 'explaining', done, total, unit: 'steps' });
          const answer = await explainer
            .explain(of, { method, label, steps, signal, onProgress })
            .finally(() => view?.end());
          const parted = count++ > 0 && !json ? '\n' : '';
          const said = json ? `${JSON.stringify({ text: of, ...answer })}\n` : explainedText(of, answer, language, how);
          await writeText(stdout, parted + said, signal);
          yield pageText(of, answer, number(answer.score), page);
        }
      }
      yield PAGE_END;
    }

    if (html === undefined) for await (const _ of explained());
    else await atomicFile(html, encoded(explained()));
    return true;
  },
});

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield Buffer.from(part);
}
