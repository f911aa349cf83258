/** Cuts a Parquet file into chunks of rows by the pages of its text, and reads their documents. */
import { open } from 'node:fs/promises';
import { parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readError } from '../corpus/readError.js';
import { TrainerError } from '../protocol/errors.js';
import { emptyDocuments } from './emptyDocuments.js';
import { CHUNK_BYTES, type ChunkDocuments, type InputChunk, type InputFile, type InputPosition } from './inputs.js';
import { idOf } from './jsonDocuments.js';
import {
  asParquet,
  type ColumnPages,
  groupColumn,
  pagesFor,
  readParquetMetadata,
  readRange,
  textColumns,
} from './parquetColumns.js';
import { linesOf } from './textLines.js';

/** The rows of a chunk, counted over the file from 0, and where the columns' values lie; the first column is the text. */
interface ParquetContext {
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
        for (const { firstRow, endRow, endBytes } of rowRanges(columns[0]!.pages)) {
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

function* rowRanges(
  pages: readonly { firstRow: number; rows: number; unpackedBytes: number; offset: number; length: number }[],
) {
  let first = 0;
  let bytes = 0;
  for (const [index, page] of pages.entries()) {
    bytes += page.unpackedBytes;
    if (bytes < CHUNK_BYTES && index < pages.length - 1) continue;
    yield { firstRow: pages[first]!.firstRow, endRow: page.firstRow + page.rows, endBytes: page.offset + page.length };
    first = index + 1;
    bytes = 0;
  }
}

/** The documents of a chunk of a Parquet file; null and empty text count as `noText`. Throws `parquetInvalid` and `rowInvalidUtf8`. */
export async function parquetDocuments({ file: { file }, context }: InputChunk): Promise<ChunkDocuments> {
  const { firstRow, endRow, columns } = context as ParquetContext;
  const values = new Map<string, unknown[]>();
  const handle = await open(file, 'r').catch((error) => {
    throw readError(error, file);
  });
  try {
    for (const pages of columns) {
      const { name } = pages.element;
      const column = await readColumn(pages, (range) => readRange(handle, file, range), file);
      values.set(name, column.slice(firstRow - pages.firstRow, endRow - pages.firstRow));
      const invalid = values.get(name)!.indexOf(INVALID);
      if (invalid >= 0) throw new TrainerError('rowInvalidUtf8', { file, row: firstRow + invalid + 1, column: name });
    }
  } catch (error) {
    throw readError(error, file);
  } finally {
    await handle.close();
  }
  const result = emptyDocuments();
  const texts = values.get(columns[0]!.element.name)!;
  for (const [index, text] of texts.entries()) {
    const lines = typeof text === 'string' ? linesOf(text) : [];
    const title = values.get('title')?.[index];
    const id = idOf(values.get('id')?.[index]) ?? String(firstRow + index + 1);
    if (lines.length === 0) result.dropped.noText++;
    else result.documents.push({ id, title: typeof title === 'string' ? title : '', lines });
  }
  return result;
}

/** Stands for text that is not UTF-8. */
const INVALID = Symbol('invalid UTF-8');
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function stringFromBytes(bytes: Uint8Array | undefined): string | symbol | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return INVALID;
  }
}

/** The values of some pages: they are put together as a file of one column and one row group, which the library reads. */
async function readColumn(
  { element, codec, dictionary, pages, rows }: ColumnPages,
  read: (range: { offset: number; length: number }) => Promise<ArrayBuffer>,
  file: string,
): Promise<unknown[]> {
  const parts = [new Uint8Array(4), ...(dictionary ? [dictionary] : []), pages];
  const bytes = Buffer.concat(
    await Promise.all(
      parts.map(async (part) => (part instanceof Uint8Array ? part : new Uint8Array(await read(part)))),
    ),
  );
  const buffer = new Uint8Array(bytes).buffer;
  const numRows = BigInt(rows);
  const schema: SchemaElement[] = [{ name: 'root', num_children: 1 }, element];
  const column = {
    type: element.type!,
    encodings: [],
    path_in_schema: [element.name],
    codec: codec as keyof typeof compressors,
    num_values: numRows,
    total_uncompressed_size: 0n,
    total_compressed_size: BigInt(buffer.byteLength - 4),
    data_page_offset: BigInt(4 + (dictionary?.length ?? 0)),
    ...(dictionary ? { dictionary_page_offset: 4n } : {}),
  };
  const records = await asParquet(file, () =>
    parquetReadObjects({
      file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
      metadata: {
        version: 2,
        schema,
        num_rows: numRows,
        row_groups: [{ columns: [{ file_offset: 0n, meta_data: column }], total_byte_size: 0n, num_rows: numRows }],
        metadata_length: 0,
      },
      columns: [element.name],
      compressors,
      parsers: { stringFromBytes },
    }),
  );
  return records.map((record) => record[element.name]);
}
