/**
 * What stands for this machine in the memory of measurements: it changes with the adapters, their drivers, the libraries that they need, the
 * engine and our version. It is made of what can be read in a millisecond, for it is asked for before anything else is done.
 */

import { statSync } from 'node:fs';
import { availableParallelism, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { namesIn, PLATFORM, textOf } from '../runtime/system.js';
import { engineVersion, productVersion } from './versions.js';
import { vulkanEnvironment, vulkanManifests } from './vulkanFiles.js';

/** A line of facts. */
export function machineKey(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return [
    productVersion(),
    engineVersion(),
    PLATFORM,
    `${cpus()[0]?.model.trim() ?? ''}×${availableParallelism()}`,
    ...adapters(env),
    ...['CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH'].flatMap((name) =>
      env[name] === undefined ? [] : [`${name}=${env[name]}`],
    ),
  ].join('|');
}

/** What tells of adapters and of their drivers' versions, without asking a driver. */
function adapters(env: Readonly<Record<string, string | undefined>>): string[] {
  switch (platform()) {
    case 'linux':
      return [
        ...drmCards(),
        textOf('/proc/driver/nvidia/version').split('\n')[0] ?? '',
        ...vulkanManifests(env),
        ...vulkanEnvironment(env),
        ...gpuLibraries(),
      ];
    case 'win32':
      // Every driver that is installed or updated adds a folder to the driver store.
      return [release(), writtenAt(join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'DriverStore', 'FileRepository'))];
    default:
      // macOS brings its drivers along.
      return [release()];
  }
}

/** Vendor and device of each card that the kernel knows, such as `card0:0x10de:0x2684`. */
function drmCards(): string[] {
  const folder = '/sys/class/drm';
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .sort()
    .map((card) => {
      const ids = ['vendor', 'device'].map((id) => textOf(join(folder, card, 'device', id)).trim());
      return [card, ...ids].join(':');
    });
}

/** Those of Vulkan and CUDA that glibc's loader knows of, by its cache: what a driver needs beside itself, and a user may still install. */
export function gpuLibraries(cache = '/etc/ld.so.cache'): string[] {
  const known = textOf(cache).match(/\blib(vulkan|nvrtc|cu(da|dart|dnn|blas|blasLt|fft|rand|solver|sparse))\.so\.\d+/g);
  return [...new Set(known)].sort();
}

function writtenAt(path: string): string {
  try {
    return String(statSync(path).mtimeMs);
  } catch {
    return '';
  }
}
