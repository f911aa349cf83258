/** The shape that the words of every language have, and the small pieces they are made of. */

import type { ErrorCode, ErrorData } from '../protocol/errors.js';

/** What is wrong (where, what was expected, what was there), and what to do next. */
export interface Words {
  message: string;
  action: string;
}

/** A language: words for every error code, so that a code without words does not compile. */
export type Messages = { readonly [C in ErrorCode]: (data: ErrorData[C]) => Words };

/** `file:line`, or the file (or flag) alone. */
export function at(place: { file: string; line: number | null }): string {
  return place.line === null ? place.file : `${place.file}:${place.line}`;
}

/** The first `most` of a list, with `…` when there are more. */
export function some(items: readonly string[], most = 12): string {
  return items.length > most ? `${items.slice(0, most).join(', ')}, …` : items.join(', ');
}

/** A tensor's shape as `[2, 3]`. */
export function shape(dims: readonly number[]): string {
  return `[${dims.join(', ')}]`;
}

/** A part of 1 as points of 100. */
export function points(part: number): string {
  return (100 * part).toFixed(1);
}

/** A number of bytes in the largest unit that leaves at least one: binary units. */
export function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
