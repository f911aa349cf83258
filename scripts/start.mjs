/** `npm start`: installs what is missing, builds, and runs the main job on the embedded sample. */

import { build } from './build.mjs';
import { ensure, run } from './ensure.mjs';

ensure();
await build();
// A run of its own, so that Ctrl+C reaches the program itself, which saves before it ends.
process.on('SIGINT', () => {});
run(process.execPath, ['dist/cli.js', 'demo', ...process.argv.slice(2)], { ORT_DISABLE_TELEMETRY: '1' });
