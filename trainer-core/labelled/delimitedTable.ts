/** TSV and CSV as tables: lines or records cut in cells, with or without a header. */
import { isLabelWord, isTextWord } from '../protocol/columnWords.js';
import { TrainerError } from '../protocol/errors.js';
import type { Reading } from '../protocol/labelledDataConfig.js';
import { type CsvRecord, csvRecords } from './csvRecords.js';
import type { Row, Table } from './table.js';
import { sourceLines } from './textSource.js';

/**
 * A TSV (a line a row; tabs part cells, nothing is quoted) or CSV; white space at the ends of a cell is not part of it, blank lines are
 * passed over. With `header: 'auto'` the first row is a header where a column is asked for by a name that stands in it, or its label
 * column (of two the second, or the first before one for texts; of several any) reads like a heading and is none of the labels known.
 * Throws `columnCount` for a first row of less than `leastWidth` cells and a row of another width than the first, and what reading lines and records throws.
 */
export async function delimitedTable(
  file: string,
  format: 'tsv' | 'csv',
  reading: Reading,
  known: readonly string[] | undefined,
  signal: AbortSignal,
  leastWidth = 2,
): Promise<Table> {
  const lines = sourceLines(file, signal);
  const records = format === 'csv' ? csvRecords(lines, file) : tsvRecords(lines);
  const first = await records.next();
  if (first.done) throw new TrainerError('fileEmpty', { file });
  const { cells } = first.value;
  const columns = isHeader(cells, reading, known) ? cells.map((cell) => cell.trim()) : null;
  const width = cells.length;
  if (width < leastWidth)
    throw new TrainerError('columnCount', { file, line: first.value.line, expected: leastWidth, got: width, format });

  async function* rows(wanted: readonly number[]): AsyncGenerator<Row> {
    const row = (record: CsvRecord): Row => {
      if (record.cells.length !== width) {
        throw new TrainerError('columnCount', {
          file,
          line: record.line,
          expected: width,
          got: record.cells.length,
          format,
        });
      }
      return { line: record.line, cells: wanted.map((column) => record.cells[column]!.trim()) };
    };
    if (columns === null) yield row(first.value as CsvRecord);
    for await (const record of records) yield row(record);
  }
  return { file, format, columns, width, rows };
}

async function* tsvRecords(lines: AsyncIterable<{ text: string; line: number }>): AsyncGenerator<CsvRecord> {
  for await (const { text, line } of lines) {
    if (text.trim() !== '' || text.includes('\t')) yield { line, cells: text.split('\t') };
  }
}

function isHeader(row: readonly string[], reading: Reading, known: readonly string[] | undefined): boolean {
  if (reading.header !== 'auto') return reading.header === 'yes';
  const cells = row.map((cell) => cell.trim());
  const { textColumn, secondTextColumn, labelColumn } = reading;
  const asked = [textColumn, secondTextColumn, labelColumn];
  if (asked.some((column) => typeof column === 'string' && cells.includes(column))) return true;
  const isHeading = (cell: string | undefined) => cell !== undefined && isLabelWord(cell) && !known?.includes(cell);
  if (typeof labelColumn === 'number') return isHeading(cells[labelColumn - 1]);
  if (cells.length === 2) return isHeading(cells[1]) || (isHeading(cells[0]) && isTextWord(cells[1]!));
  return cells.some(isHeading);
}
