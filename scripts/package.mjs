/**
 * `npm run package -- [--target linux-x64] [--out FILE]`: builds, and makes a VSIX that carries one platform's native files.
 * Any platform's can be made on any machine; without a target it is this machine's. What was made is checked.
 */

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensure, ensureIn } from './ensure.mjs';
import { OWN_TARGET, TARGETS } from './package/targets.mjs';

const { values } = parseArgs({ options: { target: { type: 'string', default: OWN_TARGET }, out: { type: 'string' } } });
const { target } = values;
if (!(target in TARGETS)) {
  console.error(`There is no target ${target}. Targets: ${Object.keys(TARGETS).join(', ')}`);
  process.exit(2);
}

ensure();
ensureIn('scripts/package', "VS Code's packager");
await build();

// These import what was just installed.
const { stage } = await import('./package/stage.mjs');
const { createVSIX } = await import('./package/vsce.mjs');
const { checkContents, checkRuns } = await import('./package/check.mjs');

const out = resolve(values.out ?? `distilbert-studio-${target}.vsix`);
const folder = mkdtempSync(join(os.tmpdir(), 'package-'));
try {
  stage(target, folder);
  mkdirSync(dirname(out), { recursive: true });
  await createVSIX(folder, target, out);
  await checkContents(out, target);
  if (target === OWN_TARGET) await checkRuns(out);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${relative(process.cwd(), out)}: ${(statSync(out).size / 1024 / 1024).toFixed(1)} MiB, checked`);
