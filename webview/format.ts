/** Numbers, times and dates as the page's language writes them. */

import type { SeriesKey } from './metrics/metricsHistory.js';

const language = globalThis.document?.documentElement.lang || 'en';
const formatter = (options: Intl.NumberFormatOptions) => {
  const format = new Intl.NumberFormat(language, options);
  return (value: number) => format.format(value);
};

/** 12345 → `12,345`. */
export const integer = formatter({ maximumFractionDigits: 0 });
/** 0.4567 → `45.7%`. */
export const percent = formatter({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** 0.4567 → `46%`. */
export const wholePercent = formatter({ style: 'percent', maximumFractionDigits: 0 });
const twoDigitPercent = formatter({ style: 'percent', maximumSignificantDigits: 2 });
/** 0.4567 → `45.7%`, 0.00034 → `0.034%`: for shares that may be very small. */
export function shortPercent(value: number): string {
  return value >= 0.1 ? percent(value) : twoDigitPercent(value);
}
/** 12.345 → `12.3`. */
export const oneDecimal = formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** 0.45678 → `0.457`. */
export const threeDecimals = formatter({ minimumFractionDigits: 3, maximumFractionDigits: 3 });
const fourDigits = formatter({ minimumSignificantDigits: 4, maximumSignificantDigits: 4, useGrouping: false });
const compact = formatter({ notation: 'compact', maximumSignificantDigits: 3 });
const tickPercent = formatter({ style: 'percent', maximumFractionDigits: 1 });
const short = formatter({ maximumSignificantDigits: 4 });

/** 3725 → `1:02:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map((unit, power) =>
  formatter({
    style: 'unit',
    unit,
    unitDisplay: 'short',
    minimumFractionDigits: power === 3 ? 2 : 0,
    maximumFractionDigits: power === 3 ? 2 : 0,
  }),
);

/** 1,500,000,000 → `1.50 GB`, in units of 1000 as in the rest of the editor. */
export function bytes(value: number): string {
  const power = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return BYTE_UNITS[power]!(value / 1000 ** power);
}

/** 0.0005 → `5e-4`, as configs write it. */
export function learningRate(value: number): string {
  return value === 0 ? '0' : value.toExponential(2).replace(/\.?0+e/, 'e');
}

const shortDateTime = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' });

/** A date with its time. */
export function dateTime(milliseconds: number): string {
  return shortDateTime.format(milliseconds);
}

/** A value of a curve, for reading; `–` when there is none. */
export function seriesValue(key: SeriesKey, value: number): string {
  if (Number.isNaN(value)) return '–';
  switch (key) {
    case 'accuracy':
    case 'macroF1':
    case 'agreement':
      return percent(value);
    case 'deviceUtilization':
      return wholePercent(value);
    case 'learningRate':
      return learningRate(value);
    case 'tokensPerSecond':
      return integer(value);
    case 'memoryBytes':
    case 'deviceMemoryBytes':
      return bytes(value);
    default:
      return fourDigits(value);
  }
}

/** A tick of a curve's axis: as short as it can be. */
export function tickLabel(key: SeriesKey | 'step', value: number): string {
  switch (key) {
    case 'accuracy':
    case 'macroF1':
    case 'agreement':
    case 'deviceUtilization':
      return tickPercent(value);
    case 'learningRate':
      return learningRate(value);
    case 'memoryBytes':
    case 'deviceMemoryBytes':
      return bytes(value);
    default:
      return Math.abs(value) >= 10_000 ? compact(value) : short(value);
  }
}
