/** `estimate`: what a run will cost, before it is started. */

import { z } from 'zod';
import { DEVICE_CHOICES } from '../protocol/devices.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { showEstimate } from './costs.js';
import { PLANS } from './plans.js';

const wanted = z.strictObject({
  objective: z.enum(['distill', 'finetune', 'pretrain']).describe('What the config is for.'),
});

/** Reads what a run would read, times a few steps of it, and tells steps, time and memory. Writes nothing to disk. */
export const estimate = defineCommand({
  usage: '--objective distill|finetune|pretrain --config FILE',
  options: {
    config: { type: 'string', value: 'FILE', required: true, meaning: 'JSON file with the settings of the run.' },
    device: {
      type: 'string',
      choices: DEVICE_CHOICES,
      meaning: 'Where to compute, instead of where the config says.',
    },
  },
  config: wanted,
  async run(context, { config: file, device }, settings) {
    const { objective } = await loadConfig(wanted, undefined, settings, 'estimate');
    const ofDevice = device === undefined ? [] : [{ path: ['device'], value: device }];
    const { signal } = context;
    await showEstimate(context, await PLANS[objective].load(file, ofDevice, { command: 'estimate', signal }));
    return true;
  },
});
