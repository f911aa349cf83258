/** All devices there are names for, with what each can do on this machine or why it is missing: what `devices` tells. */

import { totalmem } from 'node:os';
import { DEVICE_NAMES, type DeviceReport } from '../protocol/devices.js';
import { cpuDevice } from '../runtime/devices.js';
import { type ChooseOptions, saidForAuto } from './chooseDevice.js';
import { knownDevices } from './knownDevices.js';
import { thisMachine } from './machine.js';
import { backendOf } from './presence.js';
import type { RememberedDevice } from './remembered.js';
import { fastest, type Tried, tryDevice } from './tryDevices.js';

export interface FindOptions extends ChooseOptions {
  /**
   * Times what was not timed yet, and finds out the largest allocation. False while something computes here: it would be slowed down
   * or lack the memory, and times taken beside it are of no use. Default true.
   */
  measure?: boolean;
  /** Time anew what was timed before. */
  refresh?: boolean;
}

/**
 * A report for each name, the processor first. Every device is tried anew; only its timing is remembered. None is `chosen` where it
 * depends on times that are not known and not to be taken.
 */
export async function findDevices(options: FindOptions = {}): Promise<DeviceReport[]> {
  const { machine = thisMachine(), measure = true } = options;
  const adapters = await machine.adapters();
  const names = DEVICE_NAMES.filter((name) => name !== 'cpu');
  const tried = await Promise.all(
    names.map((name) => tryDevice(name, { ...options, machine, half: true, limits: measure }, adapters)),
  );
  const devices = await knownDevices(tried, { ...options, machine });
  const chosen = saidForAuto() ?? (devices.length > 0 ? fastest(devices).name : null);
  return [cpuReport(devices, chosen), ...tried.map((device) => gpuReport(device, devices, chosen, machine.platform))];
}

function cpuReport(devices: readonly RememberedDevice[], chosen: string | null): DeviceReport {
  return {
    name: 'cpu',
    runtime: 'onnxruntime',
    backend: 'CPU',
    description: cpuDevice().description,
    available: true,
    reason: null,
    chosen: chosen === 'cpu',
    software: false,
    memoryBytes: totalmem(),
    driver: null,
    fp16: false,
    limits: { maxBufferSizeBytes: null },
    measured: measuredOf('cpu', devices),
  };
}

function gpuReport(
  { name, description, software, fp16, system, maxBufferSizeBytes, ...tried }: Tried,
  devices: readonly RememberedDevice[],
  chosen: string | null,
  platform: string,
): DeviceReport {
  // What runs may still be found to compute wrongly by the timing.
  const fault = tried.fault ?? devices.find((each) => each.name === name)?.fault ?? null;
  const available = fault === null;
  return {
    name,
    runtime: name === 'tensorflow' ? 'tensorflow.js' : 'onnxruntime',
    backend: backendOf(name, platform),
    description,
    available,
    reason: fault,
    chosen: chosen === name,
    software,
    memoryBytes: available ? (software ? totalmem() : (system?.memoryBytes ?? null)) : null,
    driver: available && !software ? (system?.driver ?? null) : null,
    fp16,
    limits: { maxBufferSizeBytes },
    measured: measuredOf(name, devices),
  };
}

function measuredOf(wanted: string, devices: readonly RememberedDevice[]): DeviceReport['measured'] {
  const measured = devices.find(({ name }) => name === wanted)?.measured;
  return measured?.milliseconds == null ? null : { ...measured, milliseconds: measured.milliseconds };
}
