/** A Parquet file as a table, read a row group at a time; class names are those that the `datasets` library writes beside the numbers. */
import { open } from 'node:fs/promises';
import { type FileMetaData, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readError } from '../corpus/readError.js';
import { asParquet, readParquetMetadata, readRange } from '../documents/parquetColumns.js';
import { INVALID_TEXT, stringFromBytes } from '../documents/parquetText.js';
import { TrainerError } from '../protocol/errors.js';
import type { Row, Table } from './table.js';

/** Opens a Parquet file. Throws `parquetInvalid`, `fileEmpty`, `fileNotFound` and `fileUnreadable`; its rows `rowInvalidUtf8` too. */
export async function parquetTable(file: string, signal: AbortSignal): Promise<Table> {
  const [metadata] = await opened(file, async (_, found) => [found]);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (Number(metadata.num_rows) === 0) throw new TrainerError('fileEmpty', { file });

  async function* rows(wanted: readonly number[]): AsyncGenerator<Row> {
    const names = wanted.map((column) => columns[column]!);
    let line = 0;
    for (const group of metadata.row_groups) {
      signal.throwIfAborted();
      const records = await groupRecords(file, names, line, line + Number(group.num_rows));
      for (const record of records) {
        line += 1;
        const cells = names.map((name) => record[name]);
        const invalid = cells.indexOf(INVALID_TEXT);
        if (invalid >= 0) throw new TrainerError('rowInvalidUtf8', { file, row: line, column: names[invalid]! });
        yield { line, cells };
      }
    }
  }
  return {
    file,
    format: 'parquet',
    columns,
    width: columns.length,
    rows,
    classNames: (column) => classNames(metadata, columns[column]!),
  };
}

/** Runs `use` with the open file's bytes and what it says of itself. */
async function opened<T>(
  file: string,
  use: (
    bytes: { byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> },
    metadata: FileMetaData,
  ) => Promise<T>,
): Promise<T> {
  try {
    const handle = await open(file, 'r');
    try {
      const byteLength = (await handle.stat()).size;
      const metadata = await readParquetMetadata(handle, file, byteLength);
      const slice = (start: number, end = byteLength) =>
        readRange(handle, file, { offset: start, length: end - start });
      return await use({ byteLength, slice }, metadata);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(error, file);
  }
}

function groupRecords(
  file: string,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<Record<string, unknown>[]> {
  const parsers = { stringFromBytes };
  return opened(file, (bytes, metadata) =>
    asParquet(file, () =>
      parquetReadObjects({ file: bytes, metadata, columns, rowStart, rowEnd, compressors, parsers }),
    ),
  );
}

/** What `datasets` calls a ClassLabel: `{"info": {"features": {"label": {"names": [...], "_type": "ClassLabel"}}}}` under the key `huggingface`. */
function classNames({ key_value_metadata }: FileMetaData, column: string): readonly string[] | null {
  const said = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (said === undefined) return null;
  try {
    const names = JSON.parse(said)?.info?.features?.[column]?.names;
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}
