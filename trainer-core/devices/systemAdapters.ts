/** The graphics adapters of this machine as its system names them: by systeminformation, and on Linux by what the kernel says. */

import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Systeminformation } from 'systeminformation';
import { namesIn, textOf } from '../runtime/system.js';

export interface Adapter {
  name: string;
  driver: string | null;
  /** Its own memory; of one that shares the system's, that. */
  memoryBytes: number | null;
}

const MIB = 2 ** 20;

/** What the processor plays when there is no GPU, by the names that SwiftShader, Mesa and Windows, also in Japanese, give it. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic (render|display)|基本ディスプレイ|\bwarp\b/i;

/** True for an adapter that the processor emulates. */
export function isSoftware(name: string): boolean {
  return SOFTWARE.test(name);
}

/** The adapters there are; none where the system tells of none. Takes up to two seconds on Windows. */
export async function systemAdapters(): Promise<Adapter[]> {
  // Only its part about graphics: all of it is five times as large.
  const { graphics } = (await import('systeminformation/lib/graphics.js')) as {
    graphics(): Promise<Systeminformation.GraphicsData>;
  };
  const { controllers } = await graphics();
  const found = controllers.map(adapterOf).filter(({ name }) => name !== '');
  return found.length > 0 || process.platform !== 'linux' ? found : nvidiaAdapters();
}

/** The adapter that a runtime calls `name`: the one that shares most words with it; null when none shares any. */
export function adapterNamed(name: string, adapters: readonly Adapter[]): Adapter | null {
  const words = (text: string) => new Set(text.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  const wanted = words(name);
  const shared = (adapter: Adapter) => [...words(adapter.name)].filter((word) => wanted.has(word)).length;
  const best = [...adapters].sort((a, b) => shared(b) - shared(a))[0];
  return best && shared(best) > 0 ? best : null;
}

/**
 * The adapter that WebGPU takes where the runtime does not say which: it asks for high performance, so the one with the most memory
 * among those that are no emulation.
 */
export function strongest(adapters: readonly Adapter[]): Adapter | null {
  const real = adapters.filter(({ name }) => !isSoftware(name));
  const [first] = (real.length > 0 ? real : adapters).toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0));
  return first ?? null;
}

function adapterOf(controller: Systeminformation.GraphicsControllerData): Adapter {
  const { name, model, vendor, driverVersion, memoryTotal, vram, vramDynamic, busAddress } = controller;
  const known = (name || model || '').trim();
  const shortVendor = vendor?.split(/[ ,(]/)[0] ?? '';
  const full =
    shortVendor && !known.toLowerCase().includes(shortVendor.toLowerCase()) ? `${shortVendor} ${known}` : known;
  return { name: full, driver: driverVersion || null, memoryBytes: memory() };

  function memory(): number | null {
    if (memoryTotal) return memoryTotal * MIB;
    // What lspci shows on Linux is the window through which the processor sees the memory, not the memory.
    if (process.platform === 'linux') return amdMemory(busAddress);
    if (process.platform === 'darwin' && (vramDynamic || !vram)) return totalmem();
    return vram ? vram * MIB : null;
  }
}

/** What the kernel's amdgpu driver says of the card at a PCI address such as `03:00.0`. */
function amdMemory(busAddress: string | undefined): number | null {
  if (!busAddress) return null;
  const address = busAddress.split(':').length === 2 ? `0000:${busAddress}` : busAddress;
  return Number(textOf(join('/sys/bus/pci/devices', address, 'mem_info_vram_total'))) || null;
}

/** NVIDIA's cards by its kernel driver: in containers there is often neither `lspci` nor `nvidia-smi`. */
function nvidiaAdapters(): Adapter[] {
  const folder = '/proc/driver/nvidia/gpus';
  const driver = /Kernel Module\s+(?:for \S+\s+)?([\d.]+)/.exec(textOf('/proc/driver/nvidia/version'))?.[1] ?? null;
  return namesIn(folder).flatMap((gpu) => {
    const name = /^Model:\s*(.+)$/m.exec(textOf(join(folder, gpu, 'information')))?.[1];
    return name ? [{ name: name.trim(), driver, memoryBytes: null }] : [];
  });
}
