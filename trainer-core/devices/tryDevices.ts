/** Tries devices out, each in processes of its own, and times those that `auto` may choose among. */

import type { DeviceName } from '../protocol/devices.js';
import type { OnStage } from '../protocol/jobs.js';
import { cpuDevice } from '../runtime/devices.js';
import type { Machine } from './machine.js';
import { type Findings, findings } from './probeFindings.js';
import type { RememberedDevice } from './remembered.js';
import { type Adapter, adapterNamed, isSoftware, strongest } from './systemAdapters.js';

/** Whether a device is worth a choice, what it is called, and what it can do. */
export interface Tried extends Findings {
  name: DeviceName;
  /** Empty where there is no adapter. */
  description: string;
  software: boolean;
  system: Adapter | null;
}

export interface TryOptions {
  machine: Machine;
  signal?: AbortSignal;
  /** Also find out the largest allocation, which takes for a moment what it finds. Default false. */
  limits?: boolean;
  /** Told before each device is timed, which takes seconds. */
  onStage?: OnStage;
}

/**
 * Tries one out: whether it runs, and in half precision. Null findings of what was not asked.
 * @param known the system's adapters; default: the system is asked, which can take seconds, where nothing else has the device's name.
 */
export async function tryDevice(name: DeviceName, options: TryOptions, known?: readonly Adapter[]): Promise<Tried> {
  const { machine, signal, limits = false } = options;
  const fault = machine.absence(name);
  const found = fault
    ? { fault, adapter: null, fp16: null, maxBufferSizeBytes: null, milliseconds: null }
    : findings(name, await machine.probe(name, ['run', 'half'], signal ? { signal } : {}));
  const adapters = known ?? (found.fault === null && found.adapter === null ? await machine.adapters() : []);
  const isNamed = found.adapter !== null && name === 'webgpu';
  const system = isNamed ? adapterNamed(found.adapter ?? '', adapters) : systemAdapterOf(name, adapters);
  const description = found.fault ? '' : (found.adapter ?? system?.name ?? '');
  const tried = { ...found, name, description, system, software: isSoftware(description) };
  // An emulated adapter may give out more memory than the machine has to spare.
  if (!limits || tried.fault || tried.software || name !== 'webgpu') return tried;
  const buffers = findings(name, await machine.probe(name, ['run', 'buffers'], signal ? { signal } : {}));
  return { ...tried, maxBufferSizeBytes: buffers.maxBufferSizeBytes };
}

/** The CUDA runtimes take NVIDIA's first card, WebGPU the strongest; macOS and DirectML have one that the system prefers. */
function systemAdapterOf(name: DeviceName, adapters: readonly Adapter[]): Adapter | null {
  if (name === 'cpu') return null;
  const nvidia = name === 'cuda' || name === 'tensorflow';
  return strongest(nvidia ? adapters.filter((adapter) => /nvidia/i.test(adapter.name)).slice(0, 1) : adapters);
}

/**
 * Times the processor and these devices, one after another. Where there is no device but the processor nothing is timed.
 * @returns what to remember, the processor first.
 */
export async function timeDevices(devices: readonly Tried[], options: TryOptions): Promise<RememberedDevice[]> {
  const { machine, signal, onStage } = options;
  const cpu = { name: 'cpu' as const, description: cpuDevice().description, software: false, fp16: false };
  const real = devices.filter(({ fault, software }) => fault === null && !software);
  let timings = 0;
  const timed = async (name: DeviceName) => {
    if (real.length === 0) return null;
    onStage?.({ phase: 'choosingDevice', done: timings++, total: real.length + 1, unit: 'steps', file: name });
    const { milliseconds } = findings(name, await machine.probe(name, ['run', 'time'], signal ? { signal } : {}));
    return { milliseconds, measuredAt: new Date().toISOString() };
  };
  const remembered: RememberedDevice[] = [{ ...cpu, measured: await timed('cpu') }];
  for (const { name, description, software, fp16, fault } of devices) {
    if (fault === null)
      remembered.push({ name, description, software, fp16, measured: software ? null : await timed(name) });
  }
  return remembered;
}

/** The fastest of those that were timed; the processor where none was. */
export function fastest(devices: readonly RememberedDevice[]): RememberedDevice {
  const time = ({ measured }: RememberedDevice) => measured?.milliseconds ?? Number.POSITIVE_INFINITY;
  const best = devices.filter(({ software }) => !software).toSorted((a, b) => time(a) - time(b))[0];
  return best as RememberedDevice;
}
