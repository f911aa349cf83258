/** What the status bar says of the device; pure, so that every case can be tested. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';

/** A device that is in use, or will be. */
export interface ShownDevice {
  /** True when `auto` is set. */
  automatic: boolean;
  /** What computes or would; undefined while it is not known what `auto` takes. */
  device: { name: string; description: string } | undefined;
  /** The run that computes on it now. */
  run: string | undefined;
}

/** The device of the newest running run, else what the setting (null: `auto`) comes to as far as the devices are known. */
export function shownDevice(
  setting: string | null,
  runs: readonly RunSummary[],
  known: readonly DeviceReport[] | undefined,
): ShownDevice {
  const automatic = setting === null;
  const run = runs.find(({ status, device }) => status === 'running' && device !== null);
  if (run?.device) return { automatic, device: run.device, run: run.name };
  const report = known?.find(({ name, chosen }) => (automatic ? chosen : name === setting));
  const device = report ?? (automatic ? undefined : { name: setting, description: '' });
  return { automatic, device: device && { name: device.name, description: device.description }, run: undefined };
}
