/** Reads labelled texts for fine-tuning and scoring: UTF-8 TSV, one `text<TAB>label` a line. */
import { readTextLines } from '../corpus/textLines.js';
import { TrainerError } from '../protocol/errors.js';
import type { LabelledData } from './labelledExample.js';

/** How to read a labelled file. */
export interface LabelledOptions {
  /** The classes that a model knows, by id. Without it the file's own, sorted by UTF-16 code unit, and there must be two. */
  labels?: readonly string[];
  /** Whether line 1 is a header. Default `auto`: see `readLabelled`. */
  header?: boolean | 'auto';
}

const HEADER_LABELS = /^(labels?|class|category|target|ラベル|クラス|カテゴリー?|分類)$/i;

/**
 * Reads a TSV of two columns. Blank lines are passed over; white space at the ends of a column is not part of it.
 * With `header: 'auto'` line 1 is a header when its second column is a word for "label" (label, labels, class, category, target,
 * ラベル, クラス, カテゴリ, カテゴリー, 分類; in any case) and is not itself one of the labels given.
 * Throws `tsvColumnCount`, `tsvEmptyText`, `tsvEmptyLabel`, `tsvUnknownLabel` (only with `labels` given), each with the line;
 * `tooFewLabels` (only without); `fileEmpty` when there is no example; and all that `readTextLines` throws.
 */
export async function readLabelled(file: string, options: LabelledOptions = {}): Promise<LabelledData> {
  const { labels: known, header = 'auto' } = options;
  const rows: { text: string; label: string; line: number }[] = [];
  let firstRow = true;
  for await (const { text: row, line } of readTextLines(file)) {
    if (row.trim() === '' && !row.includes('\t')) continue;
    const columns = row.split('\t').map((column) => column.trim());
    const [text, label] = columns;
    if (columns.length !== 2 || text === undefined || label === undefined) {
      throw new TrainerError('tsvColumnCount', { file, line, expected: 2, got: columns.length });
    }
    const isHeader = header === 'auto' ? HEADER_LABELS.test(label) && !known?.includes(label) : header;
    const skip = firstRow && isHeader;
    firstRow = false;
    if (skip) continue;
    if (text === '') throw new TrainerError('tsvEmptyText', { file, line });
    if (label === '') throw new TrainerError('tsvEmptyLabel', { file, line });
    if (known !== undefined && !known.includes(label)) {
      throw new TrainerError('tsvUnknownLabel', { file, line, label, known });
    }
    rows.push({ text, label, line });
  }
  if (rows.length === 0) throw new TrainerError('fileEmpty', { file });
  const labels = known === undefined ? [...new Set(rows.map(({ label }) => label))].sort() : [...known];
  if (known === undefined && labels.length < 2) throw new TrainerError('tooFewLabels', { file, labels });
  const ids = new Map(labels.map((label, id) => [label, id]));
  const examples = rows.map(({ text, label, line }) => ({ file, line, text, second: null, label: ids.get(label)! }));
  return { problemType: 'single_label_classification', labels, examples };
}
