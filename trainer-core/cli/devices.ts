/** `devices`: where this machine can compute, and why not elsewhere. */

import { findDevices } from '../devices/findDevices.js';
import { defineCommand } from './command.js';
import { deviceList } from './deviceList.js';
import { JobProgressView } from './jobProgress.js';

/** Tries every device out and tells what it can do; with `--json` a line of `DeviceReport` each. */
export const devices = defineCommand({
  usage: '[--refresh] [--json]',
  options: {
    refresh: { type: 'boolean', meaning: 'Time the devices anew; else the times of this machine are remembered.' },
  },
  async run({ stdout, stderr, json, language, signal }, { refresh = false }) {
    // With `--json` standard output has the devices alone.
    const progress = new JobProgressView({ stdout, stderr, json: false, language });
    const onStage = json ? () => {} : progress.onStage;
    const found = await findDevices({ refresh, signal, onStage }).finally(() => progress.end());
    stdout.write(json ? found.map((device) => `${JSON.stringify(device)}\n`).join('') : deviceList(found, language));
    return true;
  },
});
