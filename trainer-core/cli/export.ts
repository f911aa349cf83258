/** `export`: a model as a complete Hugging Face folder with a model card, or as ONNX files for other runtimes. */

import { exportOnnx } from '../exportOnnx/exportOnnx.js';
import { exportModel } from '../hub/exportModel.js';
import { TERMINAL } from '../messages/terminal.js';
import { TrainerError } from '../protocol/errors.js';
import { exportConfig } from '../protocol/exportConfig.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { exportedText } from './exportTable.js';
import { showJob } from './jobProgress.js';
import { checkLicense, LICENSE_OPTION } from './license.js';
import { flagOf } from './options.js';

/** Checks a model and writes it with its weights as safetensors, or measured as ONNX. */
export const exportCommand = defineCommand({
  usage: '--model DIR --out DIR [--to onnx [--precision int8 --dev FILE]]',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of the model.' },
    out: {
      type: 'string',
      value: 'DIR',
      required: true,
      meaning: 'Folder to make; an older model in it is replaced, anything else is left alone.',
    },
    dev: {
      type: 'string',
      value: 'FILE',
      meaning:
        'ONNX: what each precision is measured on. Labelled texts for a classifier; for a language model plain text, a line each.',
    },
    license: LICENSE_OPTION,
  },
  config: exportConfig,
  async run(context, { model, out, dev, license }, settings) {
    const { signal, language } = context;
    checkLicense(license);
    const { to, precision: precisions, ...limits } = await loadConfig(exportConfig, undefined, settings, 'export');
    const common = { model, out, license, signal };
    if (to === 'onnx') {
      await showJob(
        context,
        (onStage) => exportOnnx({ ...common, ...limits, precisions, dev, onStage }),
        (written) => `${TERMINAL[language].modelWritten(written.folder)}\n\n${exportedText(written, language)}`,
      );
      return true;
    }
    const given = settings.map(({ path }) => path.join('.')).find((name) => name !== 'to') ?? (dev && 'dev');
    if (given) throw new TrainerError('exportNeedsOnnx', { option: flagOf(given) });
    await showJob(
      context,
      (onStage) => exportModel({ ...common, onStage }),
      ({ folder }) => TERMINAL[language].modelWritten(folder),
    );
    return true;
  },
});
