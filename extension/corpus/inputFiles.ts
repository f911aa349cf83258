/** Which files a corpus can be built from, by their names; what is in them the trainer finds out. */

import path from 'node:path';

/** Dumps (whole, or in parts as `…articles1.xml-p1p114794.bz2`), text, JSONL and Parquet, plain or compressed. */
const INPUT = /\.(xml|xml-p\d+p\d+|txt|jsonl|ndjson|parquet)(\.(gz|bz2|zst))?$/i;
/** Vocabularies, licences and the indexes of dumps are no texts to learn from. */
const NO_TEXT = /^(vocab|licen[cs]e|readme|requirements)\b|-multistream-index/i;

/** The same for a search of the workspace, which `isInputFile` then narrows. */
export const INPUT_FILES = '**/*.{xml,txt,jsonl,ndjson,parquet,gz,bz2,zst}';
/** Endings for a file dialog. */
export const INPUT_ENDINGS = ['xml', 'txt', 'jsonl', 'ndjson', 'parquet', 'gz', 'bz2', 'zst'];

/** Whether a file of the workspace is worth offering. */
export function isInputFile(file: string): boolean {
  const name = path.basename(file);
  return INPUT.test(name) && !NO_TEXT.test(name);
}

/** Dumps first, then by path. */
export function byLikelihood(a: string, b: string): number {
  const dump = (file: string) => (/\.xml\b/i.test(path.basename(file)) ? 0 : 1);
  return dump(a) - dump(b) || (a < b ? -1 : 1);
}
