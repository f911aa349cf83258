/** Numbers and times as people read them. */

/** `12,345`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three significant digits, from 0.01 on: `123.4`, `12.3`, `0.123`, `1.2e-5`. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return value.toFixed(size < 1 ? 3 : size < 10 ? 2 : 1);
}

/** A part of 1 as `87.5 %`. */
export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** `42s`, `3m05s`, `2h07m`, `4d03h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (!Number.isFinite(whole)) return '?';
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h${two((whole % 3600) / 60)}m`;
  return `${Math.floor(whole / 86_400)}d${two((whole % 86_400) / 3600)}h`;
}
