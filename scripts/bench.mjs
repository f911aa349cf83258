/** `npm run bench`: installs what is missing, builds, and measures speed and memory; its flags are those of test/bench/bench.ts. */

import { build } from './build.mjs';
import { ensure, run } from './ensure.mjs';

ensure();
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
await build();
run(process.execPath, ['out/test/bench/bench.js', ...process.argv.slice(2)], { ORT_DISABLE_TELEMETRY: '1' });
