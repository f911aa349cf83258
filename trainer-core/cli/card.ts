/** `card`: what a model is, how it was made and how to use it. */

import { modelCard } from '../hub/modelCard.js';
import { defineCommand } from './command.js';

/** Writes the model card as Markdown, or with `--json` as `{markdown}`. */
export const card = defineCommand({
  usage: '--model DIR',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of the model.' },
  },
  async run({ stdout, json }, { model }) {
    const markdown = await modelCard(model);
    stdout.write(json ? `${JSON.stringify({ markdown })}\n` : markdown);
    return true;
  },
});
