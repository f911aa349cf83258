/** Makes VSIX files by `npm run package`, which checks each: this platform's to be installed, the others to see that they can be made. */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { OWN_TARGET, TARGETS } from '../../scripts/package/targets.mjs';
import { EXTENSION, HERE, VSIX } from './paths.mjs';

/** Makes VSIX, newly built. */
export function makeVsix() {
  const said = makePackage(OWN_TARGET, VSIX);
  if (said !== null) throw new Error(said);
}

/** One result for each of the other platforms. */
export function testPackages() {
  return Object.keys(TARGETS)
    .filter((target) => target !== OWN_TARGET)
    .map((target) => {
      const start = performance.now();
      const file = path.join(HERE, 'out', `${target}.vsix`);
      const error = makePackage(target, file);
      rmSync(file, { force: true });
      return { name: `package: ${target} has its own native files only`, error, durationMs: performance.now() - start };
    });
}

/** Gives what the program said if it failed, else null. */
function makePackage(target, file) {
  const program = [path.join(EXTENSION, 'scripts', 'package.mjs'), '--target', target, '--out', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  return status === 0 ? null : `${stdout}\n${stderr}`;
}
