/**
 * Fetches the files that onnxruntime-node needs for CUDA and that npm's package does not hold, by that package's own installer
 * (`script/install.js`), which takes them from NuGet. It writes into a copy of its package, and what it has written is moved into place when all of
 * it is there: so nothing is ever half installed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import type { DeviceInstalled, OnStage } from '../protocol/jobs.js';
import { namesIn, PLATFORM } from './system.js';

/** Where CUDA's files exist, as the package's own list has it. */
export const CUDA_PLATFORMS = ['linux-x64'];
/** Without these the provider does not load. */
const NEEDED = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];

const STAGING = '.install-';
/** The installer says how far it is by the file that it writes; one that neither grows nor ends for so long waits for a host. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 200;

export interface InstallOptions {
  signal: AbortSignal;
  onStage: OnStage;
  env: Readonly<Record<string, string | undefined>>;
  /** The folder of onnxruntime-node; default: of the one that this program computes with. */
  package?: string;
  /** As `process.platform`-`process.arch`; default: this machine's. */
  system?: string;
  patienceMs?: number;
}

/** Where the native files of onnxruntime-node lie for a system, in its folder. */
function nativeFolder(packageFolder: string, system: string): string {
  return join(packageFolder, 'bin', 'napi-v6', ...system.split('-'));
}

function engineFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
}

/** CUDA's files that are missing here; none where it has been installed. */
export function missingCudaFiles(system = PLATFORM, packageFolder = engineFolder()): string[] {
  const there = namesIn(nativeFolder(packageFolder, system));
  return NEEDED.filter((name) => !there.includes(name));
}

/**
 * Fetches and installs them, unless they are there. Throws `installNotHere` on a system that they do not exist for, `installFailed`
 * with the installer's reason and the host that it could not reach, `folderNotWritable`, and the signal's reason.
 */
export async function installCuda(options: InstallOptions): Promise<DeviceInstalled> {
  const { package: packageFolder = engineFolder(), system = PLATFORM, signal } = options;
  if (!CUDA_PLATFORMS.includes(system)) {
    throw new TrainerError('installNotHere', { device: 'cuda', platform: system, platforms: CUDA_PLATFORMS });
  }
  const folder = nativeFolder(packageFolder, system);
  const result = { type: 'deviceInstalled', device: 'cuda', folder } as const;
  if (missingCudaFiles(system, packageFolder).length === 0) return { ...result, fetched: false };
  const staging = makeStaging(packageFolder);
  try {
    await runInstaller(staging, options);
    signal.throwIfAborted();
    const made = nativeFolder(staging, system);
    const files = namesIn(made);
    if (NEEDED.some((name) => !files.includes(name))) {
      throw new TrainerError('installFailed', {
        device: 'cuda',
        host: null,
        reason: 'files are missing from what it fetched',
      });
    }
    for (const name of files) renameSync(join(made, name), join(folder, name));
    return { ...result, fetched: true };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** A copy of the package that has its installer alone; the packages that the installer needs are found from within as from without. */
function makeStaging(packageFolder: string): string {
  try {
    // What an installation left that was killed.
    for (const name of namesIn(packageFolder).filter((each) => each.startsWith(STAGING)))
      if (Date.now() - statSync(join(packageFolder, name)).mtimeMs > 3_600_000)
        rmSync(join(packageFolder, name), { recursive: true, force: true });
    const staging = mkdtempSync(join(packageFolder, STAGING));
    cpSync(join(packageFolder, 'script'), join(staging, 'script'), { recursive: true });
    mkdirSync(join(staging, 'temporary'));
    return staging;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new TrainerError('folderNotWritable', { folder: packageFolder, reason }, { cause: error });
  }
}

async function runInstaller(staging: string, { signal, onStage, env, patienceMs = PATIENCE_MS }: InstallOptions) {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [join(staging, 'script', 'install.js')], {
    env: {
      ...withoutNpm(env),
      ...proxies(env),
      ONNXRUNTIME_NODE_INSTALL: 'cuda12',
      TMPDIR: join(staging, 'temporary'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watch = watched(child, join(staging, 'temporary'), onStage, patienceMs);
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw new TrainerError('installFailed', { device: 'cuda', ...watch.failure() });
  } finally {
    watch.end();
    signal.removeEventListener('abort', stop);
  }
}

/** Tells how far the installer is, ends it when it does not move, and says why it failed. */
function watched(child: ChildProcess, temporary: string, onStage: OnStage, patienceMs: number) {
  let [said, extracted, bytes, movedAt, ranOut] = ['', 0, 0, Date.now(), false];
  const moved = () => {
    movedAt = Date.now();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    moved();
    for (const [, name] of text.matchAll(/^Extracting .*\/(\S+) to /gm)) {
      onStage({ phase: 'extracting', done: extracted++, total: null, unit: 'steps', file: name as string });
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-16_384);
  });
  const timer = setInterval(() => {
    const now = extracted > 0 ? null : largest(temporary);
    if (now && now.bytes > bytes) {
      bytes = now.bytes;
      moved();
      onStage({ phase: 'downloading', done: bytes, total: null, unit: 'bytes', file: now.name });
    }
    ranOut = Date.now() - movedAt > patienceMs;
    if (ranOut) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  return {
    end: () => clearInterval(timer),
    failure: () => {
      const host = /hostname: '([^']+)'/.exec(said)?.[1] ?? /https?:\/\/([^/\s:]+)/.exec(said)?.[1] ?? null;
      const error = /^(?:Uncaught )?(?:\w*Error): (.+)$/m.exec(said)?.[1];
      return { host, reason: ranOut ? `no answer within ${patienceMs / 1000} s` : (error ?? said.trim().slice(-300)) };
    },
  };
}

/** The largest file below a folder. */
function largest(folder: string): { name: string; bytes: number } | null {
  let found: { name: string; bytes: number } | null = null;
  for (const inner of namesIn(folder)) {
    for (const name of namesIn(join(folder, inner))) {
      const bytes = statSync(join(folder, inner, name), { throwIfNoEntry: false })?.size ?? 0;
      if (!found || bytes > found.bytes) found = { name, bytes };
    }
  }
  return found;
}

/** Under `npm start` and `npm test` the installer would take itself for the script of an install, and do nothing. */
function withoutNpm(env: InstallOptions['env']): InstallOptions['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}

/** The installer obeys variables of its own; those that curl and Python obey hold where these are not set. */
function proxies(env: InstallOptions['env']): Record<string, string> {
  const set = (theirs: string, name: string) => {
    const value = env[theirs] || env[name.toLowerCase()] || env[name];
    return value ? { [theirs]: value } : {};
  };
  return {
    ...set('GLOBAL_AGENT_HTTP_PROXY', 'HTTP_PROXY'),
    ...set('GLOBAL_AGENT_HTTPS_PROXY', 'HTTPS_PROXY'),
    ...set('GLOBAL_AGENT_NO_PROXY', 'NO_PROXY'),
  };
}
