/**
 * Finds the pages of a Parquet file's columns (https://parquet.apache.org/docs/file-format/), so that a file of any size can be read a few pages at
 * a time: a row group can be as large as the file.
 */
import type { FileHandle } from 'node:fs/promises';
import {
  type CompressionCodec,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
  type RowGroup,
  type SchemaElement,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { TrainerError } from '../protocol/errors.js';

const FIRST_HEADER_BYTES = 16 * 1024;
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

/** Some pages of a column that follow each other: all that is needed to read their rows. Can be posted to another thread. */
export interface ColumnPages {
  element: SchemaElement;
  codec: CompressionCodec;
  dictionary: ByteRange | null;
  pages: ByteRange;
  /** The first row, counted over the file from 0, and how many. */
  firstRow: number;
  rows: number;
}

export interface ByteRange {
  offset: number;
  length: number;
}

/** One page of a column. */
export interface ColumnPage extends ByteRange {
  firstRow: number;
  rows: number;
  unpackedBytes: number;
}

/** All pages of a column in one row group. */
export interface GroupColumn {
  element: SchemaElement;
  codec: CompressionCodec;
  dictionary: ByteRange | null;
  pages: ColumnPage[];
}

/** What a Parquet file says of itself. Throws `parquetInvalid`. */
export async function readParquetMetadata(handle: FileHandle, file: string, sizeBytes: number): Promise<FileMetaData> {
  const slice = async (start: number, end = sizeBytes) =>
    readRange(handle, file, { offset: start, length: end - start });
  return asParquet(file, () => parquetMetadataAsync({ byteLength: sizeBytes, slice }));
}

/**
 * The column `field` with text, and those of them named `id` and `title` that are plain values.
 * Throws `fieldMissing` and `columnNotText`.
 */
export function textColumns(metadata: FileMetaData, field: string, file: string): SchemaElement[] {
  const columns = parquetSchema(metadata).children;
  const text = columns.find(({ element }) => element.name === field);
  if (text === undefined) {
    throw new TrainerError('fieldMissing', {
      file,
      line: null,
      field,
      known: columns.map(({ element }) => element.name),
    });
  }
  const isFlat = (element: SchemaElement) =>
    element.num_children === undefined && element.repetition_type !== 'REPEATED';
  const isText = (element: SchemaElement) => {
    const said = element.logical_type?.type ?? element.converted_type;
    return (
      isFlat(element) && element.type === 'BYTE_ARRAY' && (said === undefined || said === 'STRING' || said === 'UTF8')
    );
  };
  if (!isText(text.element)) {
    const got = text.element.logical_type?.type ?? text.element.converted_type ?? text.element.type ?? 'nested values';
    throw new TrainerError('columnNotText', { file, column: field, got });
  }
  const others = columns.filter(({ element }) => {
    if (element.name === field) return false;
    const isNumber = isFlat(element) && (element.type === 'INT32' || element.type === 'INT64');
    return (element.name === 'id' && (isNumber || isText(element))) || (element.name === 'title' && isText(element));
  });
  return [text.element, ...others.map(({ element }) => element)];
}

/** The pages of a column in a row group whose first row is `firstRow` of the file. Throws `parquetInvalid`. */
export async function groupColumn(
  handle: FileHandle,
  file: string,
  group: RowGroup,
  element: SchemaElement,
  firstRow: number,
): Promise<GroupColumn> {
  const column = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === element.name)?.meta_data;
  if (column === undefined) throw new TrainerError('parquetInvalid', { file, reason: `no column ${element.name}` });
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const end = start + Number(column.total_compressed_size);
  const found: GroupColumn = { element, codec: column.codec, dictionary: null, pages: [] };
  let row = firstRow;
  for (let offset = start; offset < end && row < firstRow + Number(group.num_rows); ) {
    const { header, headerBytes } = await readHeader(handle, file, offset, end);
    const length = headerBytes + header.compressed_page_size;
    if (header.type === 'DICTIONARY_PAGE') {
      found.dictionary = { offset, length };
    } else {
      const rows = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows ?? 0;
      found.pages.push({ offset, length, firstRow: row, rows, unpackedBytes: header.uncompressed_page_size });
      row += rows;
    }
    offset += length;
  }
  if (row !== firstRow + Number(group.num_rows)) {
    throw new TrainerError('parquetInvalid', { file, reason: `column ${element.name} lacks rows` });
  }
  return found;
}

/** Those pages of a column that hold the rows from `firstRow` up to `endRow`. */
export function pagesFor({ pages, ...column }: GroupColumn, firstRow: number, endRow: number): ColumnPages {
  const needed = pages.filter((page) => page.firstRow < endRow && page.firstRow + page.rows > firstRow);
  const first = needed[0]!;
  const last = needed.at(-1)!;
  return {
    ...column,
    pages: { offset: first.offset, length: last.offset + last.length - first.offset },
    firstRow: first.firstRow,
    rows: last.firstRow + last.rows - first.firstRow,
  };
}

/** The bytes of a range of the file, in memory of their own. Throws `parquetInvalid` where the file ends before. */
export async function readRange(handle: FileHandle, file: string, { offset, length }: ByteRange): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(new Uint8Array(buffer), done, length - done, offset + done);
    if (bytesRead === 0) throw new TrainerError('parquetInvalid', { file, reason: `ends at byte ${offset + done}` });
    done += bytesRead;
  }
  return buffer;
}

/** Runs what reads Parquet; its complaints become `parquetInvalid`. */
export async function asParquet<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TrainerError || (error instanceof Error && 'syscall' in error)) throw error;
    throw new TrainerError('parquetInvalid', { file, reason: (error as Error).message }, { cause: error });
  }
}

async function readHeader(handle: FileHandle, file: string, offset: number, end: number) {
  // Headers can hold a page's smallest and largest value, so their length is not bounded.
  for (let length = FIRST_HEADER_BYTES; ; length *= 4) {
    const range = { offset, length: Math.min(length, end - offset) };
    const reader = { view: new DataView(await readRange(handle, file, range)), offset: 0 };
    try {
      const header = parquetHeader(reader);
      return { header, headerBytes: reader.offset };
    } catch (error) {
      if (range.length < length || length >= MOST_HEADER_BYTES) {
        throw new TrainerError('parquetInvalid', { file, reason: `page header at ${offset}` }, { cause: error });
      }
    }
  }
}
