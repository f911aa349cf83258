/** `export`: a model as a complete Hugging Face folder with a model card. */

import { exportModel } from '../hub/exportModel.js';
import { TERMINAL } from '../messages/terminal.js';
import { defineCommand } from './command.js';
import { showJob } from './jobProgress.js';
import { checkLicense, LICENSE_OPTION } from './license.js';

/** Checks a model and writes it with its weights as safetensors. */
export const exportCommand = defineCommand({
  usage: '--model DIR --out DIR [--license ID]',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of the model.' },
    out: {
      type: 'string',
      value: 'DIR',
      required: true,
      meaning: 'Folder to make; an older model in it is replaced, anything else is left alone.',
    },
    license: LICENSE_OPTION,
  },
  async run(context, { model, out, license }) {
    const { signal, language } = context;
    checkLicense(license);
    await showJob(
      context,
      (onStage) => exportModel({ model, out, license, signal, onStage }),
      ({ folder }) => TERMINAL[language].modelWritten(folder),
    );
    return true;
  },
});
