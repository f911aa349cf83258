import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TrainerError } from '../../protocol/errors.js';
import { loadTensorflow, TENSORFLOW_PACKAGE, tensorflowInstalled, tensorflowStatus } from './loadTensorflow.js';

/** A project folder, and in it the package as these lines of CommonJS. */
function project(t: { after(fn: () => void): void }, code: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'node_modules', TENSORFLOW_PACKAGE);
  mkdirSync(join(folder, 'runs', 'first'), { recursive: true });
  if (code === null) return folder;
  mkdirSync(join(home, 'dist'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: TENSORFLOW_PACKAGE, main: 'dist/index.js' }));
  writeFileSync(join(home, 'dist', 'index.js'), code);
  return folder;
}

const working = (gpu: boolean) =>
  `exports.version_core = '4.22.0'; exports.backend = () => ({ isUsingGpuDevice: ${gpu}, binding: { TF_Version: '2.9.1' } });`;

test('the package is found from a folder inside of the project it is installed in', (t) => {
  const folder = project(t, working(true));
  const from = [join(folder, 'nowhere'), join(folder, 'runs', 'first')];
  assert.deepEqual(tensorflowStatus(from), { available: true, description: 'TensorFlow 2.9.1' });
  assert.equal(loadTensorflow(from).version_core, '4.22.0');
  // So that a teacher, or another program, has room beside it.
  assert.equal(process.env.TF_FORCE_GPU_ALLOW_GROWTH, 'true');
});

test('what is missing is told apart: package, native files, a library, a GPU', (t) => {
  const reason = (code: string | null) => {
    const folder = project(t, code);
    const status = tensorflowStatus([folder]);
    assert.ok(!status.available);
    assert.throws(
      () => loadTensorflow([folder]),
      (error) => error instanceof TrainerError && error.code === 'tensorflowUnavailable',
    );
    return status.reason;
  };
  const name = { package: TENSORFLOW_PACKAGE };
  assert.deepEqual(reason(null), { code: 'packageAbsent', ...name });
  assert.deepEqual(reason(working(false)), { code: 'cudaAbsent', ...name });
  // As version 4.22.0 says it.
  const addon =
    "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /p/lib/napi-v8/tfjs_binding.node. ');";
  assert.deepEqual(reason(addon), { code: 'nativeFilesAbsent', ...name });
  // What the loader of the system says of an addon whose library is not there: a file that is no library is as good.
  const broken = "const file = __dirname + '/a.node'; require('fs').writeFileSync(file, 'no library'); require(file);";
  const failed = reason(broken);
  assert.equal(failed.code, 'nativeLibraryFailed');
  assert.ok(failed.code === 'nativeLibraryFailed' && failed.message.includes('a.node'));
});

test('the package gets the two functions that Node 23 has removed', (t) => {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  const { isNullOrUndefined, isArray } = util;
  t.after(() => Object.assign(util, { isNullOrUndefined, isArray }));
  Object.assign(util, { isNullOrUndefined: undefined, isArray: undefined });
  // As its compiled files call them.
  const code = `var util_1 = require('util');
    exports.version_core = [null, undefined, 0].map((x) => (0, util_1.isNullOrUndefined)(x)).concat((0, util_1.isArray)([])).join();
    exports.backend = () => ({ isUsingGpuDevice: true });`;
  assert.equal(loadTensorflow([project(t, code)]).version_core, 'true,true,false,true');
});

test('whoever starts the program can say whose package to take, or that none is', (t) => {
  const [folder, started] = [project(t, working(true)), process.cwd()];
  t.after(() => {
    delete process.env.DISTILBERT_STUDIO_PROJECT;
    process.chdir(started);
  });
  process.chdir(folder);
  assert.ok(tensorflowInstalled());
  process.env.DISTILBERT_STUDIO_PROJECT = '';
  assert.ok(!tensorflowInstalled());
  assert.ok(!tensorflowStatus().available);
  process.chdir(started);
  process.env.DISTILBERT_STUDIO_PROJECT = folder;
  assert.ok(tensorflowStatus().available);
});
