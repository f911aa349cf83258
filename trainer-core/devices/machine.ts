/** What is asked of the machine about its devices, in one place, so that tests can answer as other machines would. */

import { DEVICE_NAMES, type DeviceFault, type DeviceName } from '../protocol/devices.js';
import { PLATFORM } from '../runtime/system.js';
import { machineKey } from './machineKey.js';
import { absence } from './presence.js';
import { type ProbeOptions, type ProbeOutcome, probe } from './probeProcess.js';
import type { ProbeTask } from './probeTasks.js';
import { rememberedFile } from './remembered.js';
import { type Adapter, systemAdapters } from './systemAdapters.js';
import { vulkanManifests } from './vulkanFiles.js';

export interface Machine {
  /** `process.platform`-`process.arch`. */
  platform: string;
  /** What its devices are remembered by. */
  key(): string;
  rememberedFile: string;
  /** Why a device cannot be here, as far as files tell; null when it is worth a try. */
  absence(name: DeviceName): DeviceFault | null;
  /** What the system lists; none where it cannot be asked. */
  adapters(): Promise<Adapter[]>;
  probe(name: DeviceName, tasks: readonly ProbeTask[], options: ProbeOptions): Promise<ProbeOutcome>;
}

/** This one. */
export function thisMachine(): Machine {
  let adapters: Promise<Adapter[]> | undefined;
  return {
    platform: PLATFORM,
    key: () => machineKey(),
    rememberedFile: rememberedFile(),
    absence: (name) => absence(name),
    adapters: () => {
      adapters ??= systemAdapters().catch(() => []);
      return adapters;
    },
    probe,
  };
}

/**
 * What `auto` may choose among, without the processor, as far as files tell. What works of it, and how fast, is remembered by `key`:
 * with more to choose among it is found out anew.
 */
export function candidates(machine: Machine): { names: DeviceName[]; key: string } {
  const names = DEVICE_NAMES.filter((name) => name !== 'cpu' && mayBeHere(name, machine));
  return { names, key: `${machine.key()}|${names.join(' ')}` };
}

/** Without a driver's manifest Linux's Vulkan loader finds nothing. */
function mayBeHere(name: DeviceName, machine: Machine): boolean {
  if (machine.absence(name) !== null) return false;
  return name !== 'webgpu' || !machine.platform.startsWith('linux') || vulkanManifests(process.env).length > 0;
}
