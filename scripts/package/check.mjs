/** Looks into a finished VSIX: nothing is missing, nothing is too much, and on its own platform it runs. */

import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { writeTinyClassifier } from '../../test/workbench/tinyClassifier.mjs';
import { DUPLICATE, HAS_CUDA, LIMIT_BYTES, OWN_TARGET, TARGETS } from './targets.mjs';

const ENGINE = 'extension/dist/node_modules/onnxruntime-node/';
/** vsce writes these names in small letters. */
const NEEDED = [
  'extension/package.json',
  'extension/package.nls.json',
  'extension/package.nls.ja.json',
  'extension/l10n/bundle.l10n.ja.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/THIRD_PARTY_NOTICES.txt',
  'extension/dist/cli.js',
  'extension/dist/chunks/corpusWorker.js',
  'extension/dist/chunks/deviceProbe.js',
  'extension/dist/chunks/bzip2Worker.js',
  'extension/dist/extension.cjs',
  'extension/dist/webview.js',
  'extension/dist/ipadic.bin',
  'extension/dist/ipadic.NOTICE.md',
  'extension/media/vocab/vocab.txt',
  'extension/dist/webview.css',
  'extension/dist/corpus.js',
  'extension/dist/corpus.css',
  'extension/dist/schemas/distill.schema.json',
  'extension/media/presets/quick.distill.json',
  'extension/media/walkthrough/distil.svg',
  'extension/media/sample/sample.distill.json',
  'extension/media/sample/teacher/model.safetensors',
  'extension/media/sample/livedoor/CREDITS.md',
  'extension/media/sample/wiki/CREDITS.md',
];
/** Sources, tests, source maps, settings of tools, hidden files. */
const UNWANTED =
  /\.(ts|map|vsix|tsbuildinfo|pem|key)$|\.test\.|\/tsconfig|\/\.|^extension\/(node_modules|test|out|scripts|media\/screenshots)\//;

/** Throws with everything that is wrong with the contents of `file`. */
export async function checkContents(file, target) {
  const names = await entryNames(file);
  const engines = names.filter((name) => /\.(node|so(\.\d+)*|dll|dylib)$/.test(name));
  const own = `${ENGINE}bin/napi-v6/${TARGETS[target]}/`;
  const size = statSync(file).size;
  const faults = [
    ...NEEDED.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names.filter((name) => UNWANTED.test(name)).map((name) => `${name} does not belong into it`),
    ...engines
      .filter((name) => !name.startsWith(own) || DUPLICATE.test(name.slice(own.length)))
      .map((name) => `${name} is not ${target}'s`),
  ];
  if (HAS_CUDA.includes(target) !== names.includes(`${ENGINE}script/install.js`))
    faults.push(`the installer of what CUDA needs is ${HAS_CUDA.includes(target) ? 'missing' : 'not for'} ${target}`);
  if (!names.includes(`${own}onnxruntime_binding.node`)) faults.push(`the engine of ${target} is missing`);
  if (size > LIMIT_BYTES) faults.push(`its ${size} bytes are more than ${LIMIT_BYTES}`);
  if (faults.length > 0) throw new Error(`${file}:\n${faults.join('\n')}`);
}

/** Unpacks `file`, which must be this platform's, far from our packages, and lets its trainer load the engine and classify. */
export async function checkRuns(file) {
  const folder = mkdtempSync(join(os.tmpdir(), 'vsix-'));
  try {
    await unpack(file, folder);
    const program = join(folder, 'extension', 'dist', 'cli.js');
    const run = (args, input) => {
      const options = { cwd: folder, input, encoding: 'utf8', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } };
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--json'], options);
      if (status !== 0) throw new Error(`Unpacked, "${args[0]}" fails:\n${stderr}`);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    run(['devices']);
    if (HAS_CUDA.includes(OWN_TARGET)) checkInstaller(program);
    writeTinyClassifier(join(folder, 'tiny'));
    const answers = run(['classify', '--model', 'tiny'], '日本代表が勝った。\n');
    if (answers.at(-1)?.label !== 'IT') throw new Error(`Unpacked, it classifies wrongly: ${JSON.stringify(answers)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The installer finds all that it is made of, as far as the network, which a proxy that is not there keeps it from. */
function checkInstaller(program) {
  const env = { ...process.env, HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: '', NO_PROXY: '', no_proxy: '' };
  const args = [program, 'devices', 'install', 'cuda', '--json'];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (!/"code":"installFailed".*ECONNREFUSED 127\.0\.0\.1:9/.test(stderr))
    throw new Error(`Unpacked, "devices install cuda" fails otherwise than for want of a network:\n${stderr}`);
}

async function entryNames(file) {
  const names = [];
  for await (const { fileName } of (await yauzl.openPromise(file)).eachEntry()) names.push(fileName);
  return names;
}

async function unpack(file, folder) {
  const zip = await yauzl.openPromise(file);
  for await (const entry of zip.eachEntry()) {
    const path = join(folder, entry.fileName);
    mkdirSync(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  }
}
