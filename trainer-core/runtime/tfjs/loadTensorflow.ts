/**
 * Finds and loads TensorFlow.js's native package for CUDA (@tensorflow/tfjs-node-gpu), an optional peer: the user installs it, in the
 * folder of a project or beside this program, and it brings its own native files.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { DeviceFault } from '../../protocol/devices.js';
import { TrainerError } from '../../protocol/errors.js';

/** TensorFlow.js's functions, as tfjs-core and every package that is built on it export them. */
export type Tensorflow = typeof tensorflow;

export const TENSORFLOW_PACKAGE = '@tensorflow/tfjs-node-gpu';

/** Why TensorFlow.js cannot compute here. */
export type TensorflowFault = Extract<
  DeviceFault,
  { code: 'packageAbsent' | 'nativeFilesAbsent' | 'nativeLibraryFailed' | 'cudaAbsent' }
>;

/** Whether TensorFlow.js can compute on a GPU here, and why not. */
export type TensorflowStatus = { available: true; description: string } | { available: false; reason: TensorflowFault };

/**
 * Where the package is looked for, the first first: the working folder and all above it, then where this program lies. Loading it runs
 * its code, so whoever starts the program where nobody has vouched for that folder says in DISTILBERT_STUDIO_PROJECT which to take
 * instead; empty: none.
 */
function usualFolders(): string[] {
  const project = process.env.DISTILBERT_STUDIO_PROJECT ?? process.cwd();
  return [...(project === '' ? [] : [project]), dirname(fileURLToPath(import.meta.url))];
}

/**
 * Loads the package, once a process. Throws TrainerError `tensorflowUnavailable` with what is missing.
 * @param folders where to look, the first first; each with the folders above it, as `require` does.
 */
export function loadTensorflow(folders: readonly string[] = usualFolders()): Tensorflow {
  const loaded = load(folders);
  if ('reason' in loaded)
    throw new TrainerError('tensorflowUnavailable', { fault: loaded.reason }, { cause: loaded.cause });
  return loaded.tf;
}

/** Whether the package is there, without loading it. */
export function tensorflowInstalled(folders: readonly string[] = usualFolders()): boolean {
  return find(folders) !== null;
}

/**
 * Whether the package is there and finds a GPU. Where it is installed this loads its native library, which takes seconds and can end
 * the process: ask in one that may end.
 */
export function tensorflowStatus(folders: readonly string[] = usualFolders()): TensorflowStatus {
  const loaded = load(folders);
  if ('reason' in loaded) return { available: false, reason: loaded.reason };
  const { binding } = loaded.tf.backend() as NativeBackend;
  return { available: true, description: `TensorFlow ${binding?.TF_Version ?? loaded.tf.version_core}` };
}

/** What is of interest to us in the package's backend (`nodejs_kernel_backend.ts` of tfjs-node). */
interface NativeBackend {
  /** False where the library has found no GPU that it can use, and computes on the CPU. */
  isUsingGpuDevice?: boolean;
  binding?: { TF_Version: string };
}

type Loaded = { tf: Tensorflow } | { reason: TensorflowFault; cause?: unknown };

function load(folders: readonly string[]): Loaded {
  const file = find(folders);
  if (file === null) return { reason: { code: 'packageAbsent', package: TENSORFLOW_PACKAGE } };
  prepareProcess();
  const name = { package: TENSORFLOW_PACKAGE };
  try {
    const tf = createRequire(file)(file) as Tensorflow;
    const { isUsingGpuDevice } = tf.backend() as NativeBackend;
    return isUsingGpuDevice ? { tf } : { reason: { code: 'cudaAbsent', ...name } };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // The package's own words for an addon that its install script has not fetched.
    const absent = /native addon module .* can not be found/.test(message);
    return {
      reason: absent ? { code: 'nativeFilesAbsent', ...name } : { code: 'nativeLibraryFailed', ...name, message },
      cause,
    };
  }
}

function find(folders: readonly string[]): string | null {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(TENSORFLOW_PACKAGE);
    } catch {
      // Not there: look in the next.
    }
  }
  return null;
}

/** What the package needs of the process before it is loaded. */
function prepareProcess(): void {
  // TensorFlow takes all of a GPU's memory otherwise, and tells of its kernels on stderr.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  // Version 4.22.0 calls two functions that Node 23 has removed (tensorflow/tfjs#8609).
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (x: unknown) => x === null || x === undefined;
  util.isArray ??= Array.isArray;
}
