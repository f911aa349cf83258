/** What bounds a step: matrix kernels, the other kernels (memory traffic), or the time in which no kernel runs (dispatch and host). */
import type { Profile } from './kernels.js';

export interface Bounds {
  /** Shares of a step; together 1. */
  matrix: number;
  other: number;
  idle: number;
  /** One line of what that means. */
  says: string;
}

/**
 * Shares of a step of `stepMs`, which was timed without a profile. A profile slows a run down, so its kernels may come to more than the
 * step: then they are taken in proportion, and nothing is left for idleness.
 * @param usPerDispatch what a dispatch costs by itself; null where it was not measured.
 */
export function boundsOf(stepMs: number, profile: Profile, usPerDispatch: number | null): Bounds {
  const { matrixMs, otherMs, count, clock } = profile;
  const whole = Math.max(stepMs, matrixMs + otherMs);
  const [matrix, other] = [matrixMs / whole, otherMs / whole];
  const idle = Math.max(0, 1 - matrix - other);
  const greatest = Math.max(matrix, other, idle);
  const what =
    greatest === matrix
      ? 'matrix kernels'
      : greatest === other
        ? 'memory traffic of the other kernels'
        : 'dispatch and host';
  const unit = clock === 'gpu' ? 'dispatches' : 'nodes';
  const alone =
    usPerDispatch === null
      ? ''
      : `, which alone at ${digits(usPerDispatch)} us each take ${digits((count * usPerDispatch) / 1000)} ms`;
  const parts = `matrix kernels ${percent(matrix)}, other kernels ${percent(other)}, no kernel ${percent(idle)}`;
  const says = `Bound by ${what}: ${parts} of ${digits(stepMs)} ms; ${Math.round(count)} ${unit}${alone}.`;
  return { matrix, other, idle, says };
}

/** Three digits that count, without an exponent where it can be helped. */
export function digits(x: number): string {
  return x >= 1000 ? Math.round(x).toLocaleString('en-US') : `${Number(x.toPrecision(3))}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
