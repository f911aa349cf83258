/** Numbers that stay as they are for a whole run, or move on a straight line over its steps. */

/** One number; or two, of the first step and of the last. */
export type Scheduled = number | readonly number[];

/** The value at `progress`, 0 at the first step of a run and 1 at the last. */
export function valueAt(scheduled: Scheduled, progress: number): number {
  if (typeof scheduled === 'number') return scheduled;
  const [start, end] = scheduled as [number, number];
  return start + (end - start) * Math.min(1, Math.max(0, progress));
}

/** True when it is 0 from the first step to the last. */
export function isOff(scheduled: Scheduled | undefined): boolean {
  return [scheduled ?? 0].flat().every((value) => value === 0);
}
