/**
 * Writes dist/schemas/{distill,finetune,pretrain,sweep}.schema.json from the zod schemas that the trainer checks configs with.
 * Bundles them on the fly, so it needs no build before it: `node scripts/buildSchemas.mjs`.
 */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  entryPoints: [`${root}/trainer-core/protocol/editorSchema.ts`],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { editorSchemas } = await import(`data:text/javascript;base64,${source}`);

const folder = `${root}/dist/schemas`;
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(editorSchemas())) {
  const file = `${folder}/${name}.schema.json`;
  // Written beside and renamed, so that a build that is interrupted or runs twice at once leaves no half a file.
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(schema, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
