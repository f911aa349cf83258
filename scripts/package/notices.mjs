/** The licences of the packages that the bundles contain, as those licences ask for. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../ensure.mjs';

/** Not bundled but put beside the bundles. */
const BESIDE = ['onnxruntime-node', 'onnxruntime-common'];

/** One section a package, in order of name. `others`: names of packages besides those in `dist/`. */
export function licenceNotices(others) {
  return [...new Set([...bundledPackages(), ...BESIDE, ...others])].sort().map(notice).join('\n\n');
}

/** The source maps name every file that went into a bundle. */
function bundledPackages() {
  const maps = readdirSync(join(ROOT, 'dist'), { recursive: true }).filter((name) => name.endsWith('.map'));
  return packagesOf(maps.flatMap((name) => JSON.parse(readFileSync(join(ROOT, 'dist', name), 'utf8')).sources));
}

/** The packages that files are from, by their paths. */
export function packagesOf(files) {
  return files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
}

function notice(name) {
  const folder = join(ROOT, 'node_modules', name);
  const { version, license, repository, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notices?|thirdpartynotices)(\.|$)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const by = author?.name ?? author ?? repository?.url ?? repository;
  return [`==== ${name} ${version} (${license}), ${by}`, ...texts].join('\n\n');
}
