/** `card`: what a model is, how it was made and how to use it. */

import { basename, resolve } from 'node:path';
import { CARD_FILES } from '../checkpoint/modelFolder.js';
import { modelCard, writeModelCard } from '../hub/modelCard.js';
import { defineCommand } from './command.js';
import { checkLicense, LICENSE_OPTION } from './license.js';

/** Writes the model card as Markdown, or with `--json` its files by their names; or puts them into a folder. */
export const card = defineCommand({
  usage: '--model DIR [--out DIR] [--license ID]',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of the model.' },
    out: {
      type: 'string',
      value: 'DIR',
      meaning: "Folder to put README.md and its figures into, such as the model's own; those in it are replaced.",
    },
    license: LICENSE_OPTION,
  },
  async run({ stdout, json }, { model, out, license }) {
    checkLicense(license);
    const isElsewhere = out !== undefined && resolve(out) !== resolve(model);
    const made = await modelCard(model, { license, ...(isElsewhere ? { name: basename(resolve(out)) } : {}) });
    if (out !== undefined) await writeModelCard(out, made);
    if (json) stdout.write(`${JSON.stringify({ files: made })}\n`);
    else if (out === undefined) stdout.write(made[CARD_FILES.text] as string);
    return true;
  },
});
