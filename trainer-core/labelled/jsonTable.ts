/** JSON with one object a line (JSONL) as a table whose columns are the fields of the first object. */
import { jsonFaultAt } from '../documents/jsonFault.js';
import { TrainerError } from '../protocol/errors.js';
import type { Row, Table } from './table.js';
import { sourceLines } from './textSource.js';

type Json = Record<string, unknown>;

/** Opens a JSONL file. Throws `jsonLineInvalid`, `fileEmpty`, and what reading lines throws. */
export async function jsonTable(file: string, signal: AbortSignal): Promise<Table> {
  const objects = jsonObjects(file, signal);
  const first = await objects.next();
  if (first.done) throw new TrainerError('fileEmpty', { file });
  const columns = Object.keys(first.value.value);

  async function* rows(wanted: readonly number[]): AsyncGenerator<Row> {
    const names = wanted.map((column) => columns[column]!);
    const row = ({ line, value }: { line: number; value: Json }): Row => {
      return { line, cells: names.map((name) => value[name]), fields: Object.keys(value) };
    };
    yield row((first as IteratorYieldResult<{ line: number; value: Json }>).value);
    for await (const object of objects) yield row(object);
  }
  return { file, format: 'jsonl', columns, width: columns.length, rows };
}

async function* jsonObjects(file: string, signal: AbortSignal): AsyncGenerator<{ line: number; value: Json }> {
  for await (const { text, line } of sourceLines(file, signal)) {
    if (text.trim() !== '') yield { line, value: parsed(text, file, line) };
  }
}

function parsed(text: string, file: string, line: number): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TrainerError('jsonLineInvalid', { file, line, column: jsonFaultAt(text) + 1 }, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new TrainerError('jsonLineInvalid', { file, line, column: text.search(/\S/) + 1 });
}
