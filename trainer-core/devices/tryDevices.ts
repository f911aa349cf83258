/** Tries devices out, each in processes of its own, and times those that `auto` may choose among. */

import { CUDA_DEVICES, type DeviceFault, type DeviceName } from '../protocol/devices.js';
import type { OnStage } from '../protocol/jobs.js';
import { cpuDevice } from '../runtime/devices.js';
import type { Machine } from './machine.js';
import { type Findings, findings } from './probeFindings.js';
import type { RememberedDevice } from './remembered.js';
import { type Adapter, adapterNamed, isSoftware, strongest } from './systemAdapters.js';
import type { TimedTraining } from './trainingSample.js';

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
  /** Also find out half precision. Default false. */
  half?: boolean;
  /** Also find out the largest allocation, which takes for a moment what it finds. Default false. */
  limits?: boolean;
  /** Told before each device is timed, which takes seconds. */
  onStage?: OnStage;
}

/**
 * Tries one out: whether it runs, and with `half` and `limits` what it can do. Null findings of what was not asked.
 * @param known the system's adapters; default: the system is asked, which can take seconds, where nothing else has the device's name.
 */
export async function tryDevice(name: DeviceName, options: TryOptions, known?: readonly Adapter[]): Promise<Tried> {
  const { machine, signal, half = false, limits = false } = options;
  const fault = machine.absence(name);
  const found = fault
    ? { fault, adapter: null, fp16: null, maxBufferSizeBytes: null, timed: null }
    : findings(name, await machine.probe(name, half ? ['run', 'half'] : ['run'], signal ? { signal } : {}));
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
  const nvidia = CUDA_DEVICES.includes(name);
  return strongest(nvidia ? adapters.filter((adapter) => /nvidia/i.test(adapter.name)).slice(0, 1) : adapters);
}

/** How far a device's loss and gradient may be from the processor's. Half precision throughout comes to 0.0002. */
export const MOST_DIFFERENCE = 1e-3;

/** What is wrong with a device's results; null when they are the processor's. */
function disagreement(here: TimedTraining, cpu: TimedTraining): DeviceFault | null {
  const difference = (quantity: 'loss' | 'gradNorm') => {
    // What is no number became null on its way here.
    const relative = here[quantity] === null ? Number.NaN : Math.abs(here[quantity] / cpu[quantity] - 1);
    return Number.isFinite(relative) ? relative : null;
  };
  const [lossDifference, gradientDifference] = [difference('loss'), difference('gradNorm')];
  const isNear = (relative: number | null) => relative !== null && relative <= MOST_DIFFERENCE;
  if (isNear(lossDifference) && isNear(gradientDifference)) return null;
  return { code: 'disagrees', lossDifference, gradientDifference, limit: MOST_DIFFERENCE };
}

/**
 * Times the processor and these devices, one after another, and compares what they compute. Where there is no device but the processor
 * nothing is timed.
 * @returns what to remember, the processor first.
 */
export async function timeDevices(devices: readonly Tried[], options: TryOptions): Promise<RememberedDevice[]> {
  const { machine, signal, onStage } = options;
  const cpu = { name: 'cpu' as const, description: cpuDevice().description, software: false, fault: null };
  const real = devices.filter(({ fault, software }) => fault === null && !software);
  let timings = 0;
  const time = async (name: DeviceName) => {
    onStage?.({ phase: 'choosingDevice', done: timings++, total: real.length + 1, unit: 'steps', file: name });
    return findings(name, await machine.probe(name, ['run', 'time'], signal ? { signal } : {})).timed;
  };
  const measured = (timed: TimedTraining | null) => ({
    milliseconds: timed?.milliseconds ?? null,
    measuredAt: new Date().toISOString(),
  });
  if (real.length === 0) return [{ ...cpu, measured: null }, ...running(devices)];
  const reference = await time('cpu');
  const remembered: RememberedDevice[] = [{ ...cpu, measured: measured(reference) }];
  for (const device of running(devices)) {
    // Without the processor's results nothing is known of a device's.
    const timed = device.software || !reference ? null : await time(device.name);
    const fault = timed && reference && disagreement(timed, reference);
    remembered.push({ ...device, fault, measured: device.software ? null : measured(timed) });
  }
  return remembered;
}

/** Those that run, not timed yet. */
function running(devices: readonly Tried[]): RememberedDevice[] {
  return devices.flatMap(({ name, description, software, fault }) =>
    fault === null ? [{ name, description, software, fault, measured: null }] : [],
  );
}

/** The fastest of those that were timed and compute what the processor does; the processor where none does. */
export function fastest(devices: readonly RememberedDevice[]): RememberedDevice {
  const time = ({ measured }: RememberedDevice) => measured?.milliseconds ?? Number.POSITIVE_INFINITY;
  const best = devices
    .filter(({ software, fault }) => !software && fault === null)
    .toSorted((a, b) => time(a) - time(b))[0];
  return best as RememberedDevice;
}
