/** Documents from JSON with one object a line. */
import { TrainerError } from '../protocol/errors.js';
import { emptyDocuments } from './emptyDocuments.js';
import type { ChunkDocuments, InputChunk } from './inputs.js';
import { jsonFaultAt } from './jsonFault.js';
import { decodeLines, linesOf } from './textLines.js';

/** Makes the lines of a document from its text and title. */
export type ToLines = (text: string, title: string) => string[];

/**
 * The documents of a chunk of JSONL: their text is the field `textField` (null and empty count as `noText`), their id and title the fields of these
 * names, or the line's number and nothing. Throws `invalidUtf8`, `jsonLineInvalid`, `fieldMissing` and `fieldNotText`.
 */
export function jsonDocuments(chunk: InputChunk, textField: string, toLines: ToLines = linesOf): ChunkDocuments {
  const result = emptyDocuments();
  const { file } = chunk.file;
  for (const [index, raw] of decodeLines(chunk).entries()) {
    if (raw.trim() === '') continue;
    const line = chunk.firstLine + index;
    const record = parseObject(raw, file, line);
    const text = record[textField];
    if (text === undefined) {
      throw new TrainerError('fieldMissing', { file, line, field: textField, known: Object.keys(record) });
    }
    if (text !== null && typeof text !== 'string') {
      throw new TrainerError('fieldNotText', { file, line, field: textField, got: JSON.stringify(text).slice(0, 40) });
    }
    const title = typeof record.title === 'string' ? record.title : '';
    const lines = text === null ? [] : toLines(text, title);
    if (lines.length === 0) result.dropped.noText++;
    else result.documents.push({ id: idOf(record.id) ?? String(line), title, lines });
  }
  return result;
}

/** An id as text; undefined when there is none. */
export function idOf(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function parseObject(text: string, file: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new TrainerError('jsonLineInvalid', { file, line, column: jsonFaultAt(text) + 1 }, { cause: error });
  }
  throw new TrainerError('jsonLineInvalid', { file, line, column: text.search(/\S/) + 1 });
}
