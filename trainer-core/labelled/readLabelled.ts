/** Reads labelled texts for fine-tuning and scoring, in every format: tables, folders, archives. */
import { stat } from 'node:fs/promises';
import { readError } from '../corpus/readError.js';
import { formatByContent } from '../documents/inputFormat.js';
import type { ChosenColumns, DataFormat } from '../protocol/dataSummary.js';
import { TrainerError } from '../protocol/errors.js';
import { READING, type Reading } from '../protocol/labelledDataConfig.js';
import { REGRESSION_LABELS } from '../protocol/problemType.js';
import { sortedClasses } from './classNames.js';
import { chooseColumns } from './columnChoice.js';
import { delimitedTable } from './delimitedTable.js';
import { folderExamples } from './documentFolder.js';
import { jsonTable } from './jsonTable.js';
import type { LabelledData, LabelledExample } from './labelledExample.js';
import { parquetTable } from './parquetTable.js';
import type { RawExample } from './rawExample.js';
import type { Table } from './table.js';
import { tableExamples } from './tableExamples.js';
import { headOf } from './textSource.js';

/** How to read labelled text; settings that are left out have their defaults. */
export interface LabelledOptions extends Partial<Reading> {
  /** The classes that a model knows, by id. Without it the data's own (`sortedClasses`), and there must be two. */
  labels?: readonly string[];
  signal?: AbortSignal;
}

const PACKED = /\.(gz|bz2|zst)$/;

/**
 * Reads a file, folder or archive. What it is follows from its name (.tsv, .csv, .jsonl, .parquet, .tar.gz; packed with gzip, bzip2 or
 * Zstandard as well), and for other names from its contents; a file that is nothing else is a TSV. White space at the ends of a text
 * is not part of it.
 * Throws with the line or row `emptyText`, `emptyLabel`, `dataLabelUnknown` (only with `labels` given), `labelNotNumber` and the others of
 * its format; `tooFewLabels` and `textsIdentical` (only without); `fileEmpty` when there is no example; `inputUnsupported`.
 */
export async function readLabelled(source: string, options: LabelledOptions = {}): Promise<LabelledData> {
  const { labels: known, signal = new AbortController().signal, ...given } = options;
  const reading = { ...READING, ...given };
  const { format, columns, examples } = await open(source, reading, known, signal);
  const raw: RawExample[] = [];
  for await (const example of examples) raw.push(example);
  if (raw.length === 0) throw new TrainerError('fileEmpty', { file: source });
  const { problemType } = reading;
  if (
    known === undefined &&
    raw.length > 1 &&
    raw.every(({ text, second }) => text === raw[0]!.text && second === raw[0]!.second)
  ) {
    throw new TrainerError('textsIdentical', { file: source, examples: raw.length });
  }
  if (problemType === 'regression') {
    const numbers = raw.map((example) => ({ ...example, label: example.label as number }));
    return { problemType, format, columns, labels: [...REGRESSION_LABELS], examples: numbers };
  }
  const namesOf = ({ label }: RawExample) => label as readonly string[];
  const labels = known === undefined ? sortedClasses(raw.flatMap(namesOf)) : [...known];
  const least = problemType === 'multi_label_classification' ? 1 : 2;
  if (known === undefined && labels.length < least) throw new TrainerError('tooFewLabels', { file: source, labels });
  const ids = new Map(labels.map((label, id) => [label, id]));
  const withIds = (example: RawExample): LabelledExample => {
    const found = namesOf(example).map((label) => {
      const id = ids.get(label);
      if (id !== undefined) return id;
      throw new TrainerError('dataLabelUnknown', { file: example.file, line: example.line, label, known: labels });
    });
    if (problemType === 'single_label_classification') return { ...example, label: found[0]! };
    found.sort((a, b) => a - b);
    return { ...example, label: found[0] ?? -1, labels: found };
  };
  return { problemType, format, columns, labels, examples: raw.map(withIds) };
}

interface Opened {
  format: DataFormat;
  columns: ChosenColumns | null;
  examples: AsyncIterable<RawExample>;
}

async function open(
  source: string,
  reading: Reading,
  known: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Opened> {
  const found = await stat(source).catch((error: unknown) => {
    throw readError(error, source);
  });
  const kind = found.isDirectory() ? 'folder' : await kindOf(source);
  if (kind === 'folder') return { ...(await folderExamples(source, reading, known, signal)), columns: null };
  const table = await openTable(source, kind, reading, known, signal);
  const choice = chooseColumns(table, reading);
  const name = (column: number) => table.columns?.[column] ?? String(column + 1);
  const columns = {
    text: name(choice.text),
    second: choice.second === null ? null : name(choice.second),
    label: name(choice.label),
  };
  return { format: table.format, columns, examples: tableExamples(table, choice, reading) };
}

function openTable(
  file: string,
  kind: 'tsv' | 'csv' | 'jsonl' | 'parquet',
  reading: Reading,
  known: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Table> {
  if (kind === 'jsonl') return jsonTable(file, signal);
  if (kind === 'parquet') return parquetTable(file, signal);
  return delimitedTable(file, kind, reading, known, signal);
}

/** What a file is by its name, else by its contents; `folder` is also an archive of one. Throws `inputUnsupported`. */
export async function kindOf(file: string): Promise<'tsv' | 'csv' | 'jsonl' | 'parquet' | 'folder'> {
  const name = file.toLowerCase().replace(PACKED, '');
  if (/\.(tar|tgz)$/.test(name)) return 'folder';
  if (name.endsWith('.csv')) return 'csv';
  if (name.endsWith('.tsv')) return 'tsv';
  if (/\.(jsonl|ndjson|json)$/.test(name)) return 'jsonl';
  if (name.endsWith('.parquet')) return 'parquet';
  const content = formatByContent(await headOf(file), false);
  if (content !== null && 'unsupported' in content) {
    throw new TrainerError('inputUnsupported', { file, kind: content.unsupported });
  }
  return content?.format === 'parquet' ? 'parquet' : 'tsv';
}
