/** What is known of this machine's devices: what is remembered of them, as long as that holds, else what is now found out and remembered. */

import type { DeviceName } from '../protocol/devices.js';
import { candidates } from './machine.js';
import { type RememberedDevice, type RememberedMachine, recall, remember } from './remembered.js';
import { type Tried, type TryOptions, timeDevices } from './tryDevices.js';

/** How long a device that did not run, or was not timed to the end, is not tried again for a choice: one that hangs is waited for 30 s. */
const RETRY_MS = 3_600_000;

/** Whether a choice among these may go by what is remembered: all of them were timed, or tried within the hour. */
export function isCurrent({ triedAt, devices }: RememberedMachine, names: readonly DeviceName[]): boolean {
  const isKnown = (name: DeviceName) => devices.some((device) => device.name === name && isSettled(device));
  return names.every(isKnown) || Math.abs(Date.now() - Date.parse(triedAt)) < RETRY_MS;
}

/**
 * The devices that work, the processor first, each with its timing: that which is remembered of the very devices that work now, or a
 * new one; none where these are wanted and not to be taken.
 * @param tried all of this machine's; `refresh`: time anew what was timed before; `measure`: whether to time at all, default true.
 */
export async function knownDevices(
  tried: readonly Tried[],
  options: TryOptions & { refresh?: boolean; measure?: boolean },
): Promise<RememberedDevice[]> {
  const { machine, refresh = false, measure = true } = options;
  const { key } = candidates(machine);
  const known = refresh ? [] : ((await recall(key, machine.rememberedFile))?.devices ?? []);
  const working = tried.filter(({ fault }) => fault === null);
  const isTimed = ({ name, description }: Tried) =>
    known.some((each) => each.name === name && each.description === description && isSettled(each));
  const holds = known.length === working.length + 1 && working.every(isTimed);
  if (!holds && !measure && working.some(({ software }) => !software)) return [];
  const devices = holds ? known : await timeDevices(tried, options);
  await remember(key, devices, machine.rememberedFile);
  return devices;
}

/** Timed to the end, or never to be timed. */
function isSettled({ software, measured }: RememberedDevice): boolean {
  return software || measured?.milliseconds != null;
}
