/** Sizes of files for people. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in the largest decimal unit that leaves at least 1: `13.2 MB`. */
export function sizeText(bytes: number, language: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = (bytes / 1000 ** power).toLocaleString(language, { maximumFractionDigits: power === 0 ? 0 : 1 });
  return `${value} ${UNITS[power]}`;
}
