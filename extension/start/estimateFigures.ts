/** The figures of an estimate in the user's language, and whether the run fits into memory. */

import type { Estimate } from '../../trainer-core/protocol/jobs.js';

/** Three significant digits: `68.1M`, `6810万`. */
export function compact(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** Two significant digits, as a few timed steps give them: `0.35`. */
export function rough(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(value);
}

/** Part of the free memory from which on a run is called tight: other programs grow too. */
const TIGHT = 0.9;

/** Whether the run fits into what the device has free; `unknown` where the system does not say what that is. */
export function fit({
  memoryBytes,
  availableBytes,
}: Pick<Estimate, 'memoryBytes' | 'availableBytes'>): 'fits' | 'tight' | 'tooLarge' | 'unknown' {
  if (availableBytes === null) return 'unknown';
  if (memoryBytes > availableBytes) return 'tooLarge';
  return memoryBytes > TIGHT * availableBytes ? 'tight' : 'fits';
}
