/** `import`: a model from a folder or from the Hugging Face hub into a folder of one's own. */

import { hubSettings } from '../hub/hubSettings.js';
import { importModel } from '../hub/importModel.js';
import { TERMINAL } from '../messages/terminal.js';
import { defineCommand } from './command.js';
import { showJob } from './jobProgress.js';

/** Copies or downloads a model and checks that it can be used here. */
export const importCommand = defineCommand({
  usage: '--from ID|DIR --out DIR',
  options: {
    from: {
      type: 'string',
      value: 'ID|DIR',
      required: true,
      meaning:
        'A model folder, or the id of a model on the Hugging Face hub. HF_ENDPOINT names another hub, HF_TOKEN an access token; HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, HTTPS_PROXY and NO_PROXY count too.',
    },
    out: { type: 'string', value: 'DIR', required: true, meaning: 'Folder to make; it must be empty or not there.' },
    revision: { type: 'string', value: 'NAME', meaning: 'Branch, tag or commit on the hub.', default: 'main' },
  },
  async run(context, { from, out, revision }) {
    const { signal, language, env } = context;
    const hub = await hubSettings(env);
    await showJob(
      context,
      (onStage) => importModel({ from, out, signal, onStage, hub, revision }),
      ({ folder }) => TERMINAL[language].modelWritten(folder),
    );
    return true;
  },
});
