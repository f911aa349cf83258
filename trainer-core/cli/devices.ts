/** `devices`: where this machine can compute. */

import { listDevices } from '../runtime/devices.js';
import { defineCommand } from './command.js';

/** Writes the devices there are, one a line. */
export const devices = defineCommand({
  usage: '[--json]',
  options: {},
  async run({ stdout, json }) {
    for (const device of await listDevices()) {
      stdout.write(json ? `${JSON.stringify(device)}\n` : `${device.name}\t${device.description}\n`);
    }
    return true;
  },
});
