/** A table of labelled text before it is known which of its columns are what: a TSV, CSV, JSONL or Parquet file. */
import type { DataFormat } from '../protocol/dataSummary.js';

/** Some cells of a row. */
export interface Row {
  /** Of its line or, in Parquet, its row, from 1. */
  line: number;
  /** In the order that was asked for. Text in TSV and CSV; what JSON has in JSONL, undefined where a field is missing; Parquet's values. */
  cells: readonly unknown[];
  /** The names of the fields of this very row, where they differ from row to row. */
  fields?: readonly string[];
}

export interface Table {
  file: string;
  format: DataFormat;
  /** The names of its columns; null without a header. */
  columns: readonly string[] | null;
  width: number;
  /** The rows, once, with the cells of these columns (from 0). */
  rows(wanted: readonly number[]): AsyncIterable<Row>;
  /** The names of the classes that a column of numbers stands for, where the file says so. */
  classNames?(column: number): readonly string[] | null;
}
