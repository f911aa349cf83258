/** `devices install`: what a device needs and what is only fetched for those who want it. */

import { TERMINAL } from '../messages/terminal.js';
import { TrainerError } from '../protocol/errors.js';
import { installCuda } from '../runtime/installCuda.js';
import { defineCommand } from './command.js';
import { showJob } from './jobProgress.js';

/** Fetches CUDA's files for onnxruntime. */
export const devicesInstall = defineCommand({
  usage: 'cuda [--json]',
  options: {
    device: {
      type: 'string',
      positional: true,
      value: 'DEVICE',
      required: true,
      meaning:
        "cuda: onnxruntime's files for NVIDIA's CUDA 12, a few hundred megabytes from NuGet, by onnxruntime-node's own installer. Linux on x64 only. HTTPS_PROXY and NO_PROXY count.",
    },
  },
  async run(context, { device }) {
    if (device !== 'cuda') {
      throw new TrainerError('usage', {
        problem: 'unexpected-argument',
        argument: device,
        command: 'devices install',
      });
    }
    const { signal, env, language } = context;
    await showJob(
      context,
      (onStage) => installCuda({ signal, env, onStage }),
      (result) => TERMINAL[language].deviceInstalled(result),
    );
    return true;
  },
});
