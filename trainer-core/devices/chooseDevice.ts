/** The device that a config or a flag names, found to work; `auto` is the fastest, by a timing that is remembered. */

import { DEVICE_CHOICES, DEVICE_NAMES, type DeviceFault, type DeviceName } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { isCurrent, knownDevices } from './knownDevices.js';
import { candidates, type Machine, thisMachine } from './machine.js';
import { type RememberedDevice, recall } from './remembered.js';
import { isSoftware } from './systemAdapters.js';
import { fastest, type Tried, tryDevice } from './tryDevices.js';

export interface ChooseOptions {
  signal?: AbortSignal;
  /** Told when devices are timed, which takes seconds and is done once a machine. */
  onStage?: OnStage;
  /** Tests give others. */
  machine?: Machine;
}

/**
 * What the variable DISTILBERT_STUDIO_DEVICE says that `auto` stands for, as for tests; undefined: the fastest.
 * Throws TrainerError `configNotAllowed` where it names none.
 */
export function saidForAuto(): DeviceName | undefined {
  const variable = 'DISTILBERT_STUDIO_DEVICE';
  const said = process.env[variable] || 'auto';
  if (said === 'auto') return undefined;
  const name = DEVICE_NAMES.find((each) => each === said);
  if (name) return name;
  const wrong = { key: 'device', allowed: DEVICE_CHOICES, got: JSON.stringify(said) };
  throw new TrainerError('configNotAllowed', { file: variable, line: null, ...wrong });
}

/**
 * The device a name stands for. Where nothing but the processor can be there, `auto` looks no further and takes no time.
 * Throws TrainerError `deviceUnavailable` with the reason, what `saidForAuto` throws, and the signal's reason when it is aborted.
 */
export async function chooseDevice(choice: string, options: ChooseOptions = {}): Promise<Device> {
  const wanted = choice === 'auto' ? (saidForAuto() ?? choice) : choice;
  if (wanted === 'cpu') return cpuDevice();
  const machine = options.machine ?? thisMachine();
  if (wanted === 'auto') return deviceOf(await fastestHere({ ...options, machine }));
  const name = DEVICE_NAMES.find((each) => each === wanted);
  if (!name) throw unavailable(wanted, null, ['cpu']);
  const known = (await recall(candidates(machine).key, machine.rememberedFile))?.devices ?? [];
  const found = known.find((each) => each.name === name) ?? (await tryDevice(name, { ...options, machine }));
  if (!found.fault) return deviceOf(found);
  throw unavailable(name, found.fault, ['cpu', ...known.filter(({ fault }) => !fault).map((each) => each.name)]);
}

/** What is remembered of this machine, or is now found out and remembered. */
async function fastestHere(options: ChooseOptions & { machine: Machine }): Promise<RememberedDevice> {
  const { machine } = options;
  const { names, key } = candidates(machine);
  const cpu = { name: 'cpu' as const, description: '', software: false, fault: null, measured: null };
  if (names.length === 0) return cpu;
  const known = await recall(key, machine.rememberedFile);
  if (known && isCurrent(known, names)) return fastest([cpu, ...known.devices]);
  const tried: Tried[] = [];
  for (const name of names) tried.push(await tryDevice(name, options));
  return fastest(await knownDevices(tried, options));
}

function deviceOf({ name, description }: Pick<RememberedDevice, 'name' | 'description'>): Device {
  return name === 'cpu'
    ? cpuDevice()
    : { ...cpuDevice(), name, description: isSoftware(description) ? `${description} (software)` : description };
}

function unavailable(device: string, reason: DeviceFault | null, available: readonly string[]): TrainerError {
  return new TrainerError('deviceUnavailable', { device, reason, available: [...new Set(available)] });
}
