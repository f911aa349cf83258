/** Which errors another device may not have; pure. */

import type { ErrorCode } from '../../trainer-core/protocol/errors.js';

/** It is gone, or missing, or cannot compute so. */
const OF_DEVICES: readonly ErrorCode[] = [
  'deviceLost',
  'deviceUnavailable',
  'precisionUnavailable',
  'teacherPrecisionUnavailable',
  'tensorflowUnavailable',
];

/** True where the choice of another device is to be offered. `device`: the one in use, where it is known; memory that ran out is a device's only on a GPU. */
export function concernsDevice(code: string | null | undefined, device?: string | null): boolean {
  if (code === 'outOfMemory') return device !== undefined && device !== null && device !== 'cpu';
  return (OF_DEVICES as readonly (string | null | undefined)[]).includes(code);
}
