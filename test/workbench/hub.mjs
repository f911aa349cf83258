/** A Hugging Face hub for the workbench's tests: that of test/support, in this process. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { EXTENSION, HERE } from './paths.mjs';

/** The token that the hub takes. */
export const TOKEN = 'hf_right';

/** Its address, its models, and `stop`. */
export async function startHub() {
  const outfile = path.join(HERE, 'out', 'hub.mjs');
  const entryPoints = [path.join(EXTENSION, 'test', 'support', 'hubServer.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
  const { serveHub } = await import(pathToFileURL(outfile).href);
  const ends = [];
  const { url, models } = await serveHub({ after: (end) => ends.push(end) }, { token: TOKEN });
  return { url, models, stop: () => ends.forEach((end) => void end()) };
}
