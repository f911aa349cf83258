/**
 * How busy each graphics card of this machine is, from what the system itself tells without asking for rights: NVIDIA's `nvidia-smi`
 * (Linux, Windows), the amdgpu driver's files (Linux; kernel documentation, gpu/amdgpu), the registry of accelerators (macOS, `ioreg`).
 */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, win32 } from 'node:path';
import { promisify } from 'node:util';
import type { DeviceUsage } from '../protocol/events.js';

/** Whose driver tells. */
export type CardVendor = 'nvidia' | 'amd' | 'apple';

/** A card and what it is busy with. */
export interface CardReading {
  vendor: CardVendor;
  /** As the driver calls it; empty where it does not say. */
  name: string;
  usage: DeviceUsage;
}

/** A tool that hangs, as with a card that has fallen off the bus, is ended. */
const TIMEOUT_MS = 5000;
const AMD_FOLDER = '/sys/class/drm';

/** Every card that tells something now; none where nothing does. Runs in other processes or the kernel, so it takes no time of a step. */
export async function readCards(vendor?: CardVendor): Promise<CardReading[]> {
  const asked = (from: CardVendor) => vendor === undefined || vendor === from;
  const { platform } = process;
  const readings = await Promise.all([
    platform !== 'darwin' && asked('nvidia') ? output(nvidiaSmi(), NVIDIA_QUERY).then(nvidiaCards) : [],
    platform === 'linux' && asked('amd') ? amdCards(AMD_FOLDER) : [],
    platform === 'darwin' && asked('apple') ? output('ioreg', APPLE_QUERY).then(appleCards) : [],
  ]);
  return readings.flat();
}

const NVIDIA_QUERY = ['--query-gpu=name,memory.used,memory.total,utilization.gpu', '--format=csv,noheader,nounits'];
const APPLE_QUERY = ['-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'];

/** Where NVIDIA's tool is. A name alone is looked for in the working folder first on Windows, which may be anybody's. */
export function nvidiaSmi(
  platform: string = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return platform === 'win32'
    ? win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'nvidia-smi.exe')
    : 'nvidia-smi';
}

/** The lines of `nvidia-smi --query-gpu=name,memory.used,memory.total,utilization.gpu`; sizes are in MiB, `[N/A]` is left out. */
export function nvidiaCards(csv: string): CardReading[] {
  return csv.split('\n').flatMap((line): CardReading[] => {
    const fields = line.trim().split(', ');
    if (fields.length !== 4) return [];
    const [used, total, percent] = fields.slice(1).map(number);
    return [
      {
        vendor: 'nvidia',
        name: fields[0] ?? '',
        usage: usageOf(scaled(used, 2 ** 20), scaled(total, 2 ** 20), percent),
      },
    ];
  });
}

/** The cards of the amdgpu driver in `folder` (`/sys/class/drm`). On a processor's own graphics the memory is what it has set aside. */
export async function amdCards(folder: string): Promise<CardReading[]> {
  const names = await readdir(folder).catch(() => []);
  const cards = names.filter((name) => /^card\d+$/.test(name)).sort();
  const readings = await Promise.all(
    cards.map(async (card): Promise<CardReading[]> => {
      const file = async (name: string) =>
        (await readFile(join(folder, card, 'device', name), 'utf8').catch(() => '')).trim();
      const [used, total, percent, name] = await Promise.all(
        ['mem_info_vram_used', 'mem_info_vram_total', 'gpu_busy_percent', 'product_name'].map(file),
      );
      const usage = usageOf(number(used), number(total), number(percent));
      return Object.keys(usage).length === 0 ? [] : [{ vendor: 'amd', name: name ?? '', usage }];
    }),
  );
  return readings.flat();
}

/** The accelerator in what `ioreg -r -c IOAccelerator` writes; it shares the machine's memory, `totalBytes`. */
export function appleCards(registry: string, totalBytes = totalmem()): CardReading[] {
  const [, statistics = ''] = /"PerformanceStatistics" = \{([^}]*)\}/.exec(registry) ?? [];
  const value = (key: string) => number(new RegExp(`"${key}"=(\\d+)`).exec(statistics)?.[1]);
  const used = value('In use system memory');
  const usage = usageOf(used, used === undefined ? undefined : totalBytes, value('Device Utilization %'));
  return Object.keys(usage).length === 0 ? [] : [{ vendor: 'apple', name: '', usage }];
}

function usageOf(used: number | undefined, total: number | undefined, percent: number | undefined): DeviceUsage {
  return {
    ...(used === undefined ? {} : { memoryUsedBytes: used }),
    ...(total === undefined ? {} : { memoryTotalBytes: total }),
    ...(percent === undefined ? {} : { utilization: Math.min(1, percent / 100) }),
  };
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Empty when the program is not there, cannot be started or says no. */
async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { timeout: TIMEOUT_MS, windowsHide: true })).stdout;
  } catch {
    return '';
  }
}
