/** A chunk of any format, as documents. */
import { articleDocuments } from './articleDocuments.js';
import type { ChunkDocuments, InputChunk, InputOptions } from './inputs.js';
import { jsonDocuments } from './jsonDocuments.js';
import { type PageContext, pageDocuments } from './pageDocuments.js';
import { parquetDocuments } from './parquetDocuments.js';
import { textDocuments } from './textLines.js';

/**
 * Reads a chunk, in any thread. The same chunk and options give the same documents.
 * Throws `invalidUtf8`; for dumps `pageInvalidUtf8`; for JSONL `jsonLineInvalid`, `fieldMissing`, `fieldNotText`; for Parquet what
 * `parquetDocuments` throws.
 */
export async function documentsOf(chunk: InputChunk, options: InputOptions): Promise<ChunkDocuments> {
  switch (chunk.file.format) {
    case 'mediawiki':
      return pageDocuments(chunk, options, chunk.context as PageContext);
    case 'wikiextractor':
      return articleDocuments(chunk, (chunk.context as { json: boolean }).json);
    case 'jsonl':
      return jsonDocuments(chunk, options.textField);
    case 'text':
      return textDocuments(chunk, options.textDocuments);
    case 'parquet':
      return parquetDocuments(chunk);
  }
}
