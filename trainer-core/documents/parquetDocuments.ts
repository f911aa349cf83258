/** Documents from the rows of a Parquet file. */
import { open } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readError } from '../corpus/readError.js';
import { TrainerError } from '../protocol/errors.js';
import { emptyDocuments } from './emptyDocuments.js';
import type { ChunkDocuments, InputChunk } from './inputs.js';
import { idOf } from './jsonDocuments.js';
import type { ParquetContext } from './parquetChunks.js';
import { asParquet, type ByteRange, type ColumnPages, readRange } from './parquetColumns.js';
import { INVALID_TEXT, stringFromBytes } from './parquetText.js';
import { linesOf } from './textLines.js';

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
      const invalid = values.get(name)!.indexOf(INVALID_TEXT);
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

/** What a Parquet file begins with; to the library an offset of 0 would be none. */
const MAGIC_BYTES = 4;
/** The values of some pages: they are put together as a file of one column and one row group, which the library reads. */
async function readColumn(
  { element, codec, dictionary, pages, rows }: ColumnPages,
  read: (range: ByteRange) => Promise<ArrayBuffer>,
  file: string,
): Promise<unknown[]> {
  const parts = [new ArrayBuffer(MAGIC_BYTES)];
  for (const range of dictionary ? [dictionary, pages] : [pages]) parts.push(await read(range));
  const { buffer, byteLength } = new Uint8Array(Buffer.concat(parts.map((part) => new Uint8Array(part))));
  const numRows = BigInt(rows);
  const column = {
    type: element.type!,
    encodings: [],
    path_in_schema: [element.name],
    codec,
    num_values: numRows,
    total_uncompressed_size: 0n,
    total_compressed_size: BigInt(byteLength - MAGIC_BYTES),
    data_page_offset: BigInt(MAGIC_BYTES + (dictionary?.length ?? 0)),
    ...(dictionary ? { dictionary_page_offset: BigInt(MAGIC_BYTES) } : {}),
  };
  const metadata = {
    version: 2,
    schema: [{ name: 'root', num_children: 1 }, element],
    num_rows: numRows,
    row_groups: [{ columns: [{ file_offset: 0n, meta_data: column }], total_byte_size: 0n, num_rows: numRows }],
    metadata_length: 0,
  };
  const source = { byteLength, slice: (start: number, end?: number) => buffer.slice(start, end) };
  const options = { file: source, metadata, columns: [element.name], compressors, parsers: { stringFromBytes } };
  const records = await asParquet(file, () => parquetReadObjects(options));
  return records.map((record) => record[element.name]);
}
