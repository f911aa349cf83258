/** Numbers that stay as they are for a whole run, or move on a straight line over its steps. */

/** `start` at the first step, `end` at the last. */
export type Scheduled = number | { start: number; end: number };

/** The value at `progress`, 0 at the first step of a run and 1 at the last. */
export function valueAt(scheduled: Scheduled, progress: number): number {
  if (typeof scheduled === 'number') return scheduled;
  const { start, end } = scheduled;
  return start + (end - start) * Math.min(1, Math.max(0, progress));
}

/** True when it is 0 from the first step to the last. */
export function isOff(scheduled: Scheduled | undefined): boolean {
  if (typeof scheduled === 'object') return scheduled.start === 0 && scheduled.end === 0;
  return (scheduled ?? 0) === 0;
}
