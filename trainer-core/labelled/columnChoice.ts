/** Which columns of a table are the text, the second text of a pair, and the label. */
import { isLabelWord, isPartner, isTextWord } from '../protocol/columnWords.js';
import { TrainerError } from '../protocol/errors.js';
import type { Reading } from '../protocol/labelledDataConfig.js';
import type { Table } from './table.js';

/** Columns by their place, from 0. */
export interface ColumnChoice {
  text: number;
  second: number | null;
  label: number;
}

/**
 * The columns that are asked for, by name or by number from 1, and the others by their usual names. Of two columns that say nothing
 * of themselves the first is the text. Throws `columnUnknown` and `columnsUnclear`.
 */
export function chooseColumns(table: Table, reading: Reading): ColumnChoice {
  const { text, second, label } = foundColumns(table, reading);
  return { text: text ?? unclear(table, 'textColumn'), second, label: label ?? unclear(table, 'labelColumn') };
}

/** As `chooseColumns`, for a table that may have no labels. */
export function chooseTextColumns(table: Table, reading: Reading): Omit<ColumnChoice, 'label'> {
  const { text, second } = foundColumns(table, reading);
  return { text: text ?? unclear(table, 'textColumn'), second };
}

function unclear({ file, columns, width }: Table, setting: 'textColumn' | 'labelColumn'): never {
  throw new TrainerError('columnsUnclear', { file, setting, known: columns, width });
}

function foundColumns(
  table: Table,
  reading: Reading,
): { text: number | null; second: number | null; label: number | null } {
  const { file, columns, width } = table;
  const asked = (setting: 'textColumn' | 'secondTextColumn' | 'labelColumn'): number | null => {
    const column = reading[setting];
    if (column === null) return null;
    const byName = columns?.indexOf(String(column)) ?? -1;
    // A flag's "2" may be a name; where it is none it is a number.
    const at = byName >= 0 ? byName : Number(column) - 1;
    if (Number.isInteger(at) && at >= 0 && at < width) return at;
    throw new TrainerError('columnUnknown', { file, setting, column: String(column), known: columns, width });
  };
  const named = (isNamed: (name: string) => boolean) => orNull(columns?.findIndex(isNamed) ?? -1);
  let text = asked('textColumn') ?? named(isTextWord);
  let label = asked('labelColumn') ?? named(isLabelWord);
  let second = asked('secondTextColumn');
  if (second === null && text !== null && reading.textColumn === null) {
    const first = columns?.[text] ?? '';
    second = named((name) => isPartner(first, name));
  }
  // What is left over when all columns but one are spoken for is that one.
  const rest = Array.from({ length: width }, (_, i) => i).filter((i) => i !== text && i !== label && i !== second);
  if (text === null && (rest.length === 1 || (label === null && rest.length === 2))) text = rest.shift()!;
  if (label === null && rest.length === 1) label = rest[0]!;
  return { text, second, label };
}

function orNull(index: number): number | null {
  return index < 0 ? null : index;
}
