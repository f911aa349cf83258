/** The words of the errors of labelled text, in English. */

import type { ColumnSetting } from '../protocol/errors.js';
import { at, type Messages, some } from './words.js';

const FLAGS: Record<ColumnSetting, string> = {
  textColumn: '--text-column',
  secondTextColumn: '--second-text-column',
  labelColumn: '--label-column',
};

/** What a table has: the names of its columns, or how many there are. */
function columnsOf(known: readonly string[] | null, width: number): string {
  return known === null ? `${width} column(s) without names` : some(known, 20);
}

/** English; a part of `en`. */
export const labelledEn = {
  columnCount: (data) => ({
    message: `${at(data)}: expected ${data.expected} columns separated by ${data.format === 'tsv' ? 'tabs' : 'commas'}, but got ${data.got}.`,
    action:
      data.format === 'tsv'
        ? 'Each line has the same columns as the first, such as: text, a tab, label. A text must not hold a tab.'
        : 'Each record has the same columns as the first. A text with a comma stands in double quotes.',
  }),
  columnUnknown: ({ file, line, setting, column, known, width }) => ({
    message: `${at({ file, line: line ?? null })}: there is no column "${column}"; there are: ${columnsOf(known, width)}.`,
    action: `Name one of them, or give its number from 1: ${setting} (${FLAGS[setting]}).`,
  }),
  columnsUnclear: ({ file, setting, known, width }) => ({
    message: `${file}: it cannot be told which column is the ${setting === 'labelColumn' ? 'label' : 'text'}; there are: ${columnsOf(known, width)}.`,
    action: `Say it, by name or by number from 1: ${setting} (${FLAGS[setting]}).`,
  }),
  cellNotText: (data) => ({
    message: `${at(data)}: the column "${data.column}" holds ${data.got}, expected text.`,
    action: 'Name the column with the text: textColumn (--text-column).',
  }),
  csvQuoteOpen: (data) => ({
    message: `${at(data)}: the quotation mark that is opened here is never closed.`,
    action: 'Close it before the next comma or line break, and double quotation marks within a text ("").',
  }),
  csvAfterQuote: (data) => ({
    message: `${at(data)}, column ${data.column}: there is text after a closing quotation mark.`,
    action: 'Put a comma there; or double the quotation marks within the text ("").',
  }),
  dataLabelUnknown: (data) => ({
    message: `${at(data)}: the label "${data.label}" is not among the known ones.`,
    action: `Known labels: ${some(data.known)}. Mend the label, or add examples of it to the training set.`,
  }),
  emptyText: (data) => ({
    message: `${at(data)}: the text is empty.`,
    action: 'Fill in the text or delete the example.',
  }),
  emptyLabel: (data) => ({
    message: `${at(data)}: the label is empty.`,
    action: 'Fill in the label or delete the example.',
  }),
  labelUnreadable: (data) => ({
    message: `${at(data)}: the label is ${data.got}, expected a text or a number.`,
    action:
      'Name the column of the label: labelColumn (--label-column). For several labels a text set problemType to "multi_label_classification".',
  }),
  labelNotNumber: (data) => ({
    message: `${at(data)}: the label is ${data.got}, expected a number, for problemType is "regression".`,
    action: 'Mend the label, or name its column: labelColumn (--label-column).',
  }),
  tooFewLabels: ({ file, labels }) => ({
    message: `${file} has ${labels.length === 0 ? 'no label' : `only the label ${some(labels)}`}: a classifier needs two.`,
    action: 'Add examples with other labels.',
  }),
  textsIdentical: ({ file, examples }) => ({
    message: `${file}: all ${examples} texts are the same, so there is nothing to learn.`,
    action: 'Name the column with the text: textColumn (--text-column).',
  }),
  labelledFolderEmpty: ({ folder }) => ({
    message: `${folder} holds no labelled texts.`,
    action:
      'Give a folder with a folder for each class and a .txt for each document in it, the Livedoor corpus as it is distributed, or a TSV, CSV, JSONL or Parquet file.',
  }),
  textHasNoPieces: (data) => ({
    message: `${at(data)}: the tokenizer finds nothing in this text: it has only white space and control characters.`,
    action: 'Mend or delete the example.',
  }),
  textHasNul: (data) => ({
    message: `${at(data)}, column ${data.column}: there is a NUL character in the text.`,
    action: 'Save the text as UTF-8; it may be UTF-16, or no text at all.',
  }),
  textsLeak: ({ count, train, other }) => ({
    message: `${count} training text(s) are also in dev or test, the first in ${at(train)} and ${at(other)}.`,
    action: 'Remove them; or set leaks to "drop", which leaves them out of training, or to "warn".',
  }),
  splitTooSmall: ({ file, examples }) => ({
    message: `${file} has too few examples (${examples}) to hold some out as dev: each class needs two.`,
    action: 'Give a dev file (--dev), add examples, or raise devPart.',
  }),
  allTextsLeak: ({ file }) => ({
    message: `${file}: every training text is also in dev or test, so none is left to learn from.`,
    action: 'Give a training set of its own; or set leaks to "warn".',
  }),
} satisfies Partial<Messages>;
