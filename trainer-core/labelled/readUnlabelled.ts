/** Reads texts without labels, for a teacher to answer; labels that are there are not looked at. */
import { stat } from 'node:fs/promises';
import { readError } from '../corpus/readError.js';
import { type FilePlace, TrainerError } from '../protocol/errors.js';
import { READING, type Reading } from '../protocol/labelledDataConfig.js';
import { chooseTextColumns } from './columnChoice.js';
import { delimitedTable } from './delimitedTable.js';
import { folderExamples } from './documentFolder.js';
import { jsonTable } from './jsonTable.js';
import { parquetTable } from './parquetTable.js';
import { kindOf } from './readLabelled.js';
import type { Table } from './table.js';
import { textOf } from './tableExamples.js';

/** A text, or pair of texts. */
export interface UnlabelledText extends FilePlace {
  text: string;
  second: string | null;
}

/**
 * Reads what `readLabelled` reads, with or without a column of labels; a file of one column, such as a plain text file, has a text a
 * line. Throws `fileEmpty`, `columnUnknown`, `columnsUnclear`, `emptyText`, and what its format throws.
 */
export async function readUnlabelled(
  source: string,
  given: Partial<Reading> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<UnlabelledText[]> {
  const reading = { ...READING, ...given };
  const texts: UnlabelledText[] = [];
  for await (const { file, line, text, second } of await open(source, reading, signal))
    texts.push({ file, line, text, second });
  if (texts.length === 0) throw new TrainerError('fileEmpty', { file: source });
  return texts;
}

async function open(source: string, reading: Reading, signal: AbortSignal): Promise<AsyncIterable<UnlabelledText>> {
  const found = await stat(source).catch((error: unknown) => {
    throw readError(error, source);
  });
  const kind = found.isDirectory() ? 'folder' : await kindOf(source);
  if (kind === 'folder') return (await folderExamples(source, reading, undefined, signal)).examples;
  if (kind === 'jsonl') return textsOf(await jsonTable(source, signal), reading);
  if (kind === 'parquet') return textsOf(await parquetTable(source, signal), reading);
  return textsOf(await delimitedTable(source, kind, reading, undefined, signal, 1), reading);
}

async function* textsOf(table: Table, reading: Reading): AsyncGenerator<UnlabelledText> {
  const { file, columns } = table;
  const { text, second } = chooseTextColumns(table, reading);
  const name = (column: number) => columns?.[column] ?? String(column + 1);
  for await (const { line, cells } of table.rows(second === null ? [text] : [text, second])) {
    const place = { file, line };
    yield {
      ...place,
      text: textOf(cells[0], place, name(text)),
      second: second === null ? null : textOf(cells[1], place, name(second)),
    };
  }
}
