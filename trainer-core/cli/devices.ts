/** `devices`: where this machine can compute, and why not elsewhere. */

import { findDevices } from '../devices/findDevices.js';
import { TrainerError } from '../protocol/errors.js';
import { choosing } from './choosing.js';
import { defineCommand } from './command.js';
import { deviceList } from './deviceList.js';

/** Tries every device out and tells what it can do; with `--json` a line of `DeviceReport` each. */
export const devices = defineCommand({
  usage: '[--refresh | --no-measure] [--json]',
  options: {
    measure: {
      type: 'boolean',
      meaning:
        'Time the devices that were not timed yet, and find out their largest allocation; not while something computes on one of them.',
      default: 'true',
    },
    refresh: { type: 'boolean', meaning: 'Time the devices anew; else the times of this machine are remembered.' },
  },
  async run(context, { refresh = false, measure = true }) {
    if (refresh && !measure) {
      const options = ['--refresh', '--no-measure'];
      throw new TrainerError('usage', { problem: 'options-exclude-each-other', options, command: 'devices' });
    }
    const { stdout, json, language } = context;
    const { end, ...options } = choosing(context);
    const found = await findDevices({ refresh, measure, ...options }).finally(end);
    stdout.write(json ? found.map((device) => `${JSON.stringify(device)}\n`).join('') : deviceList(found, language));
    return true;
  },
});
