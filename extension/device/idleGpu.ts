/** Whether a GPU stands idle that the user may want to know of; pure, so that every case can be tested. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';

/** What the user said when asked on this machine; undefined: was not asked yet. */
export type IdleGpuAnswer = 'never' | { notBefore: number };

/** How long "Not now" holds. */
export const NOT_NOW_MS = 30 * 24 * 3600 * 1000;

/** True when it may be asked. `now`: milliseconds since 1970. */
export function mayAsk(answer: IdleGpuAnswer | undefined, now: number): boolean {
  return answer === undefined || (answer !== 'never' && now >= answer.notBefore);
}

/** A running run that computes on the processor. */
export function isOnProcessor({ status, device }: RunSummary): boolean {
  return status === 'running' && device?.name === 'cpu';
}

/**
 * The GPU to use in place of the processor: the one that `auto` takes, and where nothing was timed yet the first.
 * Undefined when there is none, and when the processor was timed to be faster.
 */
export function idleGpu(reports: readonly DeviceReport[]): DeviceReport | undefined {
  const isGpu = ({ name, available, software }: DeviceReport) => name !== 'cpu' && available && !software;
  const chosen = reports.find((report) => report.chosen);
  if (chosen && isGpu(chosen)) return chosen;
  const timed = reports.some(({ measured }) => measured !== null);
  return timed ? undefined : reports.find(isGpu);
}
