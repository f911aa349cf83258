/** TensorFlow.js for tests: on its own CPU backend, written in JavaScript, it is another implementation of every op to compare with. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { absence } from '../../trainer-core/devices/presence.js';
import type { Device } from '../../trainer-core/runtime/devices.js';
import { PLATFORM } from '../../trainer-core/runtime/system.js';
import { TENSORFLOW_PACKAGE, type Tensorflow } from '../../trainer-core/runtime/tfjs/loadTensorflow.js';

/** A folder in which the native package is installed, to run the same tests on TensorFlow itself, with or without a GPU. */
const nativeFolder = process.env.TENSORFLOW_FOLDER;

function load(): Tensorflow {
  // Required, as all these packages are CommonJS: importing one in two ways would make two engines of it.
  if (nativeFolder) return createRequire(join(nativeFolder, 'package.json'))(TENSORFLOW_PACKAGE);
  const require = createRequire(import.meta.url);
  const core: Tensorflow = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-cpu');
  // Or it advertises the native package on the terminal.
  core.env().set('IS_TEST', true);
  return core;
}

export const testTensorflow = load();

/** Why commands have no device `tensorflow` to choose on this system, for tests to skip with; false where they have. */
export const noTensorflow =
  absence('tensorflow')?.code === 'notOnThisPlatform' && `${TENSORFLOW_PACKAGE} does not exist for ${PLATFORM}`;

/** What each call of `run` leaves allocated, in tensors, once it has run before. */
export async function tensorsLeft(run: () => Promise<unknown>, times: number): Promise<number[]> {
  const left: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = testTensorflow.memory().numTensors;
    await run();
    left.push(testTensorflow.memory().numTensors - before);
  }
  return left;
}

/**
 * Installs the native package in a folder, so that everything below it has the device `tensorflow`: a package of its name that is
 * `testTensorflow` and says that it has found a GPU.
 */
export function installTensorflow(folder: string): void {
  const home = join(folder, 'node_modules', TENSORFLOW_PACKAGE);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: TENSORFLOW_PACKAGE, main: 'index.js' }));
  const { resolve } = createRequire(nativeFolder ? join(nativeFolder, 'package.json') : import.meta.url);
  const packages = nativeFolder ? [TENSORFLOW_PACKAGE] : ['@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-core'];
  const required = packages.map((name) => `require(${JSON.stringify(resolve(name))})`);
  const code = `module.exports = (${required.join(', ')});
    module.exports.env().set('IS_TEST', true);
    module.exports.backend().isUsingGpuDevice = true;`;
  writeFileSync(join(home, 'index.js'), code);
}

/** The device `tensorflow`, there for all tests of the file that asks for it: their working folder has the package. */
export function tensorflowDevice(): Device {
  const started = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  installTensorflow(folder);
  process.chdir(folder);
  after(() => {
    process.chdir(started);
    rmSync(folder, { recursive: true });
  });
  return { name: 'tensorflow', description: 'TensorFlow', threads: 1 };
}
