/** Run as `device.js FLAGS`: the benchmarks of `npm run bench -- --device …` and no others, which is all that a bench kit has. */
import { parseArgs } from 'node:util';
import { compareOnDevice } from './compare.js';
import { DEVICE_FLAGS, DEVICE_HELP, deviceOptions } from './flags.js';

const { values } = parseArgs({ options: { ...DEVICE_FLAGS, help: { type: 'boolean' } } });
if (values.help) console.log(DEVICE_HELP);
else
  console.log(
    JSON.stringify(await compareOnDevice(deviceOptions(values, `run.sh ${process.argv.slice(2).join(' ')}`))),
  );
