/** Labelled examples from the rows of a table. */
import { type FilePlace, TrainerError } from '../protocol/errors.js';
import type { Reading } from '../protocol/labelledDataConfig.js';
import type { ColumnChoice } from './columnChoice.js';
import { labelReader } from './labelReader.js';
import type { RawExample } from './rawExample.js';
import type { Table } from './table.js';

/** The examples of a table, in its order. Throws `columnUnknown`, `emptyText`, `cellNotText`, and what its rows and labels throw. */
export async function* tableExamples(
  table: Table,
  { text, second, label }: ColumnChoice,
  reading: Reading,
): AsyncGenerator<RawExample> {
  const { file } = table;
  const names = [text, label, ...(second === null ? [] : [second])];
  const read = labelReader(reading, table.classNames?.(label) ?? null);
  for await (const { line, cells, fields } of table.rows(names)) {
    const place = { file, line };
    const missing = cells.indexOf(undefined);
    // Parquet has undefined for null.
    if (missing >= 0 && fields && table.columns) {
      const setting = (['textColumn', 'labelColumn', 'secondTextColumn'] as const)[missing]!;
      const column = table.columns[names[missing]!]!;
      throw new TrainerError('columnUnknown', { ...place, setting, column, known: fields, width: fields.length });
    }
    const columnName = (column: number) => table.columns?.[column] ?? String(column + 1);
    yield {
      ...place,
      text: textOf(cells[0], place, columnName(text)),
      second: second === null ? null : textOf(cells[2], place, columnName(second)),
      label: read(cells[1] ?? null, place),
    };
  }
}

/** The text in a cell. Throws `emptyText` and `cellNotText`. */
export function textOf(cell: unknown, place: FilePlace, column: string): string {
  if (cell === null || cell === undefined) throw new TrainerError('emptyText', place);
  if (typeof cell !== 'string') {
    throw new TrainerError('cellNotText', { ...place, column, got: Array.isArray(cell) ? 'a list' : typeof cell });
  }
  const text = cell.trim();
  if (text === '') throw new TrainerError('emptyText', place);
  return text;
}
