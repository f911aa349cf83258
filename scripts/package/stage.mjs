/** Puts together the folder that a VSIX is made from: what was built, and one platform's part of the engine under `dist/node_modules`. */

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from '../ensure.mjs';
import { licenceNotices, packagesOf } from './notices.mjs';
import { DUPLICATE, HAS_CUDA, TARGETS } from './targets.mjs';

/** `.vscodeignore` then chooses among these. */
const STAGED = /^(\.vscodeignore|package(\.nls.*)?\.json|README\.md|CHANGELOG\.md|LICENSE|l10n|media|dist)$/;

/** Fills `folder` for one of TARGETS. `dist/` must be up to date. */
export function stage(target, folder) {
  for (const name of readdirSync(ROOT).filter((one) => STAGED.test(one))) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: (file) => !file.endsWith('.map') });
  }
  // VS Code's page of an extension shows pictures from the network only, and these have no address there.
  const readme = join(folder, 'README.md');
  writeFileSync(readme, readFileSync(readme, 'utf8').replaceAll(/^ *!\[[^\]]*\]\(media\/[^)]*\)\n+/gm, ''));
  // The engine cannot be bundled: it loads native files from beside itself.
  for (const [name, scripts] of [
    ['onnxruntime-node', 'dist'],
    ['onnxruntime-common', 'dist/cjs'],
  ]) {
    copyScripts(join(ROOT, 'node_modules', name), join(folder, 'dist', 'node_modules', name), scripts);
  }
  const native = join('onnxruntime-node', 'bin', 'napi-v6', TARGETS[target]);
  cpSync(join(ROOT, 'node_modules', native), join(folder, 'dist', 'node_modules', native), {
    recursive: true,
    filter: (file) => !DUPLICATE.test(basename(file)),
  });
  const installer = HAS_CUDA.includes(target) ? bundleInstaller(folder) : [];
  writeFileSync(join(folder, 'THIRD_PARTY_NOTICES.txt'), licenceNotices(installer));
}

/** The engine's own installer of what CUDA needs, which `devices install` runs, with the packages that it needs; gives their names. */
function bundleInstaller(folder) {
  const script = join('node_modules', 'onnxruntime-node', 'script', 'install.js');
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [script],
    outfile: join(folder, 'dist', script),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    metafile: true,
    logLevel: 'warning',
  });
  return packagesOf(Object.keys(metafile.inputs));
}

/** A package's `package.json` and the scripts in one of its folders. */
function copyScripts(from, to, scripts) {
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  cpSync(join(from, scripts), join(to, scripts), {
    recursive: true,
    filter: (file) => !/\.(map|d\.ts)$/.test(file),
  });
}
