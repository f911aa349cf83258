/** Cuts a Parquet file into chunks of rows, by the pages of its text. */
import { open } from 'node:fs/promises';
import { readError } from '../corpus/readError.js';
import { TrainerError } from '../protocol/errors.js';
import { CHUNK_BYTES, type InputChunk, type InputFile, type InputPosition } from './inputs.js';
import {
  type ColumnPage,
  type ColumnPages,
  groupColumn,
  pagesFor,
  readParquetMetadata,
  textColumns,
} from './parquetColumns.js';

/** The rows of a chunk, counted over the file from 0, and where the columns' values lie; the first column is the text. */
export interface ParquetContext {
  firstRow: number;
  endRow: number;
  columns: ColumnPages[];
}

/**
 * The chunks of a Parquet file: so many pages of the text column as make CHUNK_BYTES, and what else is needed of the same rows.
 * Throws `fileNotFound`, `fileUnreadable`, `parquetInvalid`, `fieldMissing`, `columnNotText`, and `fileEmpty`.
 */
export async function* parquetChunks(
  file: InputFile,
  textField: string,
  position: InputPosition,
  before: number,
  signal: AbortSignal,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<InputChunk> {
  const from = typeof position.row === 'number' ? position.row : 0;
  const handle = await open(file.file, 'r').catch((error) => {
    throw readError(error, file.file);
  });
  try {
    const metadata = await readParquetMetadata(handle, file.file, file.sizeBytes);
    const elements = textColumns(metadata, textField, file.file);
    const fileRows = Number(metadata.num_rows);
    if (fileRows === 0) throw new TrainerError('fileEmpty', { file: file.file });
    let groupRow = 0;
    for (const group of metadata.row_groups) {
      const groupEnd = groupRow + Number(group.num_rows);
      if (groupEnd > from) {
        const columns = [];
        for (const element of elements) {
          columns.push(await groupColumn(handle, file.file, group, element, groupRow));
        }
        for (const { firstRow, endRow, endBytes } of rowRanges(columns[0]!.pages, chunkBytes)) {
          signal.throwIfAborted();
          if (endRow <= from) continue;
          const context: ParquetContext = {
            firstRow,
            endRow,
            columns: columns.map((c) => pagesFor(c, firstRow, endRow)),
          };
          const next = endRow < fileRows ? { file: position.file, row: endRow } : { file: position.file + 1 };
          yield { file, bytes: null, firstLine: firstRow + 1, context, faults: [], next, readBytes: before + endBytes };
        }
      }
      groupRow = groupEnd;
    }
  } catch (error) {
    throw readError(error, file.file);
  } finally {
    await handle.close();
  }
}

/** The rows of each chunk of a row group, and where in the file the last of its text ends. */
function* rowRanges(pages: readonly ColumnPage[], chunkBytes: number) {
  let first = 0;
  let bytes = 0;
  for (const [index, page] of pages.entries()) {
    bytes += page.unpackedBytes;
    if (bytes < chunkBytes && index < pages.length - 1) continue;
    yield { firstRow: pages[first]!.firstRow, endRow: page.firstRow + page.rows, endBytes: page.offset + page.length };
    first = index + 1;
    bytes = 0;
  }
}
