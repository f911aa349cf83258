/**
 * `npm run bench`, `npm run livedoor` and `npm run test:parity`: installs what is missing, builds, and runs the program `test/NAME/NAME.ts`
 * with the flags that follow its name.
 */

import { build } from './build.mjs';
import { ensure, run } from './ensure.mjs';

const [name, ...flags] = process.argv.slice(2);

ensure();
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
await build();
run(process.execPath, [`out/test/${name}/${name}.js`, ...flags], { ORT_DISABLE_TELEMETRY: '1' });
