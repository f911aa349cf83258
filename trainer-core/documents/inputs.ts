/** What every reader of input files takes and gives: files, chunks of whole records, documents. */
import type { CorpusReport, InputFault, WikitextProblem } from '../protocol/corpusManifest.js';

export type InputFormat = CorpusReport['sources'][number]['format'];
export type Compression = 'none' | 'bz2' | 'gz' | 'zst';

/** One file of the input; folders are resolved to files in order of their path. */
export interface InputFile {
  file: string;
  sizeBytes: number;
  format: InputFormat;
  compression: Compression;
}

/** What a reader of records has to know; part of `CorpusSettings`. */
export interface InputOptions {
  textDocuments: 'blankLines' | 'lines';
  textField: string;
  lists: boolean;
  headings: boolean;
  disambiguations: boolean;
  anyLanguage: boolean;
}

/** Where reading can go on after a chunk. Plain JSON; only its maker looks inside. */
export interface InputPosition {
  /** Index of the file. */
  file: number;
  [key: string]: unknown;
}

/**
 * Whole records of one file, to be made into documents in any thread. Where chunks begin and end depends on the contents alone
 * (about CHUNK_BYTES of unpacked input), never on how fast it was read or by what it was unpacked.
 */
export interface InputChunk {
  file: InputFile;
  /** The records, unpacked, in memory of their own; none where a file ends in damage; null where the worker reads them itself (Parquet, by `context`). */
  bytes: Uint8Array | null;
  /** Number of the first line or row, from 1, for errors; 1 in a dump, whose `context` has the place. */
  firstLine: number;
  /** What a format's reader has to know besides: namespaces of the dump, rows of a Parquet file. Plain, can be posted to a worker. */
  context: unknown;
  /** Damage met since the chunk before. */
  faults: InputFault[];
  /** From where to go on after this chunk. */
  next: InputPosition;
  /** Bytes of all files, as they lie on the disk, read up to the end of this chunk, about: for progress. Depends on what unpacks. */
  readBytes: number;
}

/** One document's text: a paragraph or line each, none blank, no line breaks inside. */
export interface Document {
  id: string;
  title: string;
  lines: string[];
}

/** A chunk, read. */
export interface ChunkDocuments {
  documents: Document[];
  /** How many documents gave no text, and why. */
  dropped: CorpusReport['documents']['dropped'];
  /** Pages with each problem. */
  problems: Record<WikitextProblem, number>;
}

export const CHUNK_BYTES = 1 << 20;
