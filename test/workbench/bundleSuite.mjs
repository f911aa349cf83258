/** Type-checks the Mocha suite and bundles it into the one CommonJS file that an extension host can load. */

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { EXTENSION, HERE } from './paths.mjs';

/** Gives the bundle's path, without its extension, as VS Code wants it. */
export async function bundleSuite() {
  const compiler = path.join(EXTENSION, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', HERE], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The suite does not compile.');
  // It lies in this folder because it loads Mocha from our node_modules.
  const outfile = path.join(HERE, 'out', 'suite.cjs');
  await build({
    entryPoints: [path.join(HERE, 'suite', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}
