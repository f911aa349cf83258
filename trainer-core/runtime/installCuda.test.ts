import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { type InstallOptions, installCuda, missingCudaFiles } from './installCuda.js';
import { PLATFORM } from './system.js';

const root = mkdtempSync(join(tmpdir(), 'cuda-'));
after(() => rmSync(root, { recursive: true }));

const SYSTEM = 'linux-x64';
const FILES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
let count = 0;

/** A package whose installer does this; it has `bin`, its own folder of native files, and `temporary`. */
function packageOf(installer: string): string {
  const folder = join(root, `package-${count++}`);
  mkdirSync(join(folder, 'script'), { recursive: true });
  mkdirSync(join(folder, 'bin/napi-v6/linux/x64'), { recursive: true });
  writeFileSync(join(folder, 'bin/napi-v6/linux/x64/libonnxruntime.so.1'), 'the engine');
  writeFileSync(
    join(folder, 'script/install.js'),
    `const fs = require('fs'), path = require('path'), os = require('os');
    const bin = path.join(__dirname, '../bin/napi-v6/linux/x64');
    const temporary = path.join(os.tmpdir(), 'onnxruntime-node-pkgs_1');
    const put = (name, text) => { fs.mkdirSync(bin, { recursive: true }); fs.writeFileSync(path.join(bin, name), text); };
    (async () => { ${installer} })();`,
  );
  return folder;
}

const nativeFiles = (folder: string) => readdirSync(join(folder, 'bin/napi-v6/linux/x64')).sort();
const options = (folder: string, rest: Partial<InstallOptions> = {}): InstallOptions => ({
  signal: new AbortController().signal,
  onStage: () => {},
  env: process.env,
  package: folder,
  system: SYSTEM,
  ...rest,
});

/** As before: the engine alone, and nothing that was begun. */
function assertUntouched(folder: string): void {
  assert.deepEqual(nativeFiles(folder), ['libonnxruntime.so.1']);
  assert.deepEqual(readdirSync(folder).sort(), ['bin', 'script']);
}

const PUT_ALL = FILES.map((name) => `put('${name}', 'fetched');`).join('');

test('what the installer fetches is put beside the engine, and its progress is told', async () => {
  const folder = packageOf(`
    if (process.env.ONNXRUNTIME_NODE_INSTALL !== 'cuda12') throw new Error('not asked for CUDA 12');
    fs.mkdirSync(temporary);
    const file = path.join(temporary, 'microsoft.nupkg');
    for (const part of [1000, 500]) {
      fs.appendFileSync(file, Buffer.alloc(part));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    console.log('Extracting runtimes/native/${FILES[0]} to somewhere');
    ${PUT_ALL}`);
  assert.deepEqual(missingCudaFiles(SYSTEM, folder), FILES);
  const stages: JobStage[] = [];
  const result = await installCuda(options(folder, { onStage: (stage) => stages.push(stage) }));
  assert.deepEqual(result, {
    type: 'deviceInstalled',
    device: 'cuda',
    folder: join(folder, 'bin/napi-v6/linux/x64'),
    fetched: true,
  });
  assert.deepEqual(nativeFiles(folder), ['libonnxruntime.so.1', ...FILES].sort());
  assert.equal(readFileSync(join(result.folder, 'libonnxruntime.so.1'), 'utf8'), 'the engine');
  assert.deepEqual(readdirSync(folder).sort(), ['bin', 'script']);
  const downloaded = stages.flatMap(({ phase, done }) => (phase === 'downloading' ? [done] : []));
  assert.equal(downloaded.at(-1), 1500);
  assert.deepEqual(stages[0]?.file, 'microsoft.nupkg');
  assert.deepEqual(stages.at(-1), { phase: 'extracting', done: 0, total: null, unit: 'steps', file: FILES[0] });

  // A second time nothing is asked of anyone.
  writeFileSync(join(folder, 'script/install.js'), 'process.exit(1)');
  assert.equal((await installCuda(options(folder))).fetched, false);
});

test('an installation that fails, is incomplete or stands still leaves nothing, and says why', async () => {
  for (const [installer, host, reason] of [
    [
      "put('half.so', '1'); throw new Error('Failed to download from https://example.org/x. HTTP status code = 503');",
      'example.org',
      /503$/,
    ],
    [`put('${FILES[0]}', '1');`, null, /missing/],
    ["put('half.so', '1'); setInterval(() => {}, 1000);", null, /no answer within 1 s/],
  ] as const) {
    const folder = packageOf(installer);
    await assert.rejects(
      installCuda(options(folder, { patienceMs: 1000 })),
      (error) => hasCode(error, 'installFailed') && error.data.host === host && reason.test(error.data.reason),
    );
    assertUntouched(folder);
  }
});

test('what an installation left that was killed is cleared away by the next, and what one is at work on is not', async () => {
  const folder = packageOf(PUT_ALL);
  const [old, fresh] = ['.install-old', '.install-new'].map((name) => join(folder, name)) as [string, string];
  for (const left of [old, fresh]) mkdirSync(join(left, 'temporary'), { recursive: true });
  const hoursAgo = new Date(Date.now() - 3 * 3_600_000);
  utimesSync(old, hoursAgo, hoursAgo);
  await installCuda(options(folder));
  assert.deepEqual([existsSync(old), existsSync(fresh)], [false, true]);
});

test('a stop ends the installer and leaves nothing', async () => {
  const folder = packageOf(`
    ${PUT_ALL}
    fs.writeFileSync(path.join(__dirname, '../../pid'), String(process.pid));
    console.log('Extracting runtimes/native/${FILES[0]} to somewhere');
    setInterval(() => {}, 1000);`);
  const stop = new AbortController();
  const onStage = () => stop.abort();
  await assert.rejects(installCuda(options(folder, { signal: stop.signal, onStage })), { name: 'AbortError' });
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  rmSync(join(folder, 'pid'));
  assertUntouched(folder);
});

test('a system that the files do not exist for is told so, and a package that cannot be written to', async () => {
  const folder = packageOf(PUT_ALL);
  await assert.rejects(
    installCuda(options(folder, { system: 'darwin-arm64' })),
    (error) => hasCode(error, 'installNotHere') && error.data.platforms.includes(SYSTEM),
  );
  const absent = join(root, 'nowhere');
  await assert.rejects(installCuda(options(absent)), (error) => hasCode(error, 'folderNotWritable'));
  assert.ok(!existsSync(absent));
});

/** The real installer goes by the machine that it runs on. */
const skip = PLATFORM === SYSTEM ? false : 'there is nothing to install here';

test(
  "the package's own installer goes through the proxy that curl's variables name, and says which host it could not reach",
  {
    skip,
  },
  async () => {
    const real = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    if (missingCudaFiles(SYSTEM, real).length === 0) return;
    const asked: string[] = [];
    const proxy = createServer((socket) => {
      socket.on('data', (data) => {
        asked.push(data.toString().split('\r\n')[0] as string);
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      });
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const before = readdirSync(real).sort();
    const { NO_PROXY: _, no_proxy: __, HTTPS_PROXY: ___, ...plain } = process.env;
    // As npm sets them for the scripts of a package.
    const npm = { npm_config_local_prefix: root, npm_package_json: join(root, 'package.json') };
    const env = { ...plain, ...npm, https_proxy: `http://127.0.0.1:${port}` };
    try {
      await assert.rejects(installCuda(options(real, { env })), (error) => hasCode(error, 'installFailed'));
    } finally {
      proxy.close();
    }
    assert.match(asked[0] ?? '', /^CONNECT \S+:443/);
    assert.deepEqual(readdirSync(real).sort(), before);
  },
);
