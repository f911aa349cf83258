/** `upload`: a model to the Hugging Face hub, with its card. */

import { hubSettings } from '../hub/hubSettings.js';
import { planUpload, uploadModel } from '../hub/uploadModel.js';
import { TERMINAL } from '../messages/terminal.js';
import { size } from '../messages/words.js';
import type { UploadPlan } from '../protocol/jobs.js';
import { defineCommand } from './command.js';
import { showJob } from './jobProgress.js';
import { checkLicense, LICENSE_OPTION } from './license.js';

/** Checks a model and uploads it, or says what it would upload. */
export const uploadCommand = defineCommand({
  usage: '--model DIR --to [ORGANISATION/]NAME [--private] [--dry-run]',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of the model.' },
    to: {
      type: 'string',
      value: 'ID',
      required: true,
      meaning:
        'Repository, made where there is none; without an organisation it is yours. The access token stands in HF_TOKEN and must be allowed to write; HF_ENDPOINT names another hub.',
    },
    private: { type: 'boolean', meaning: 'A new repository is private; one that is there must be.' },
    license: LICENSE_OPTION,
    dryRun: { type: 'boolean', meaning: 'Only say what would be uploaded, and where to.' },
  },
  async run(context, { model, to, private: isPrivate = false, license, dryRun }) {
    const { signal, language, env, json, stderr } = context;
    checkLicense(license);
    const words = TERMINAL[language];
    const hub = await hubSettings(env);
    const said = (plan: UploadPlan) => {
      const files = plan.files.map(({ path, sizeBytes }) => `  ${path}  ${size(sizeBytes)}`);
      return [words.uploadTo(plan), ...files].join('\n');
    };
    const options = { model, to, isPrivate, license, signal, hub };
    if (dryRun) await showJob(context, (onStage) => planUpload({ ...options, onStage }), said);
    else {
      await showJob(
        context,
        (onStage) => uploadModel({ ...options, onStage }, (plan) => void (json || stderr.write(`\n${said(plan)}\n`))),
        ({ url }) => words.uploaded(url),
      );
    }
    return true;
  },
});
