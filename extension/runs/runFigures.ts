/** A run's numbers as people read them, in the language of the editor. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How far a run is, 0 to 1; null while the number of steps is not known. */
export function fractionDone({ globalStep, totalSteps }: RunSummary): number | null {
  return totalSteps === null || totalSteps <= 0 ? null : Math.min(1, globalStep / totalSteps);
}

/** `43%`; never 100% before the last step. */
export function percent(fraction: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(Math.floor(fraction * 100 + 1e-9) / 100);
}

/** Its largest unit, and the next one where it matters: `2 min`, `1 hr 5 min`, `3 days 4 hr`. */
export function duration(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const at = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[at] ?? (['second', 1] as const);
  const first = unitText(Math.floor(whole / size), unit, locale);
  const next = UNITS[at + 1];
  const rest = next && Math.floor((whole % size) / next[1]);
  // Of minutes the seconds are noise.
  return !next || !rest || unit === 'minute' ? first : `${first} ${unitText(rest, next[0], locale)}`;
}

/** `1.2 GB`, `340 MB`. */
export function memory(bytes: number, locale: string): string {
  return bytes >= 1e9
    ? unitText(bytes / 1e9, 'gigabyte', locale)
    : unitText(Math.round(bytes / 1e6), 'megabyte', locale);
}

/** `12,345`. */
export function grouped(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** Four significant digits, as losses and scores need them: `0.9034`, `12.35`. */
export function figure(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 }).format(value);
}

function unitText(value: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    value,
  );
}
