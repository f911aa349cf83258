/** Labelled texts as every reader gives them, whatever the format they came in. */

import type { ChosenColumns, DataFormat } from '../protocol/dataSummary.js';
import type { ProblemType } from '../protocol/problemType.js';

/** One text, or pair of texts, with what it was labelled with. */
export interface LabelledExample {
  /** Where it came from: the file, and its line or row, from 1. */
  file: string;
  line: number;
  text: string;
  /** The second text of a pair; null for one text. */
  second: string | null;
  /** The id of its class, which is its place in `labels`; for regression the number itself; for several classes the first, or -1. */
  label: number;
  /** With `multi_label_classification` the ids of all its classes, ascending; there can be none. */
  labels?: readonly number[];
}

/** The labelled examples of a file, folder or archive. */
export interface LabelledData {
  problemType: ProblemType;
  format: DataFormat;
  /** Null for what has no columns. */
  columns: ChosenColumns | null;
  examples: LabelledExample[];
  /** Class names by id; for regression one name, that of the number. */
  labels: string[];
}
