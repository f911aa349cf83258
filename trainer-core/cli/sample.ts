/** `sample`: a folder with everything to try the whole job on, for the extension's "Open Sample Workspace". */

import { resolve } from 'node:path';
import type { SampleWritten } from '../protocol/jobs.js';
import { defineCommand } from './command.js';
import { writeSampleWorkspace } from './sampleData.js';

/** Writes the sample workspace; files that are there are left alone. */
export const sample = defineCommand({
  usage: '--out DIR',
  options: {
    out: { type: 'string', value: 'DIR', required: true, meaning: 'Folder for the sample; what is in it stays.' },
  },
  async run({ stdout, json, signal }, { out }) {
    const folder = resolve(out);
    await writeSampleWorkspace(folder, signal);
    const written: SampleWritten = { type: 'sample', folder };
    stdout.write(`${json ? JSON.stringify(written) : folder}\n`);
    return true;
  },
});
