/** What a label's cell says: the class, the classes, or the number. */
import { type FilePlace, TrainerError } from '../protocol/errors.js';
import type { Reading } from '../protocol/labelledDataConfig.js';

/** Class names, none twice; for regression the number. */
export type RawLabel = readonly string[] | number;

/**
 * Reads labels. Numbers, true and false are the names that they are written as, unless the file gives names for its numbers.
 * Of one class a text has exactly one; several may stand in a list, or in one text between `labelSeparator`s, and there may be none.
 * Throws `emptyLabel`, `labelUnreadable`, and for regression `labelNotNumber`.
 */
export function labelReader(
  { problemType, labelSeparator }: Reading,
  classNames: readonly string[] | null,
): (cell: unknown, place: FilePlace) => RawLabel {
  const named = (cell: unknown, place: FilePlace): string => {
    const isNumber = typeof cell === 'number' || typeof cell === 'bigint';
    if (isNumber && classNames) return classNames[Number(cell)] ?? String(cell);
    if (isNumber || typeof cell === 'boolean') return String(cell);
    if (typeof cell === 'string') return cell.trim();
    throw new TrainerError('labelUnreadable', { ...place, got: shown(cell) });
  };
  const isEmpty = (cell: unknown) => cell === null || (typeof cell === 'string' && cell.trim() === '');
  if (problemType === 'regression') {
    return (cell, place) => {
      if (isEmpty(cell)) throw new TrainerError('emptyLabel', place);
      const number = typeof cell === 'string' || typeof cell === 'bigint' ? Number(cell) : cell;
      if (typeof number !== 'number' || !Number.isFinite(number)) {
        throw new TrainerError('labelNotNumber', { ...place, got: shown(cell) });
      }
      return number;
    };
  }
  if (problemType === 'multi_label_classification') {
    return (cell, place) => {
      if (isEmpty(cell)) return [];
      const parts = Array.isArray(cell) ? cell : typeof cell === 'string' ? cell.split(labelSeparator) : [cell];
      const names = parts.map((part) => named(part, place)).filter((name) => name !== '');
      return [...new Set(names)];
    };
  }
  return (cell, place) => {
    if (isEmpty(cell)) throw new TrainerError('emptyLabel', place);
    return [named(cell, place)];
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
