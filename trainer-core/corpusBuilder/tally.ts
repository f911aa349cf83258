/** The counts of a build, added up chunk by chunk, and the report they give. Plain data, so that it can be committed and gone on with. */
import type { SequenceChunk } from '../corpus/corpus.js';
import type { InputChunk, InputFile } from '../documents/inputs.js';
import {
  type CorpusReport,
  DOCUMENT_DROPS,
  SENTENCE_DROPS,
  SEQUENCE_DROPS,
  WIKITEXT_PROBLEMS,
} from '../protocol/corpusManifest.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import { TrainerError } from '../protocol/errors.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { BuiltChunk } from './chunkBuilder.js';

/** The report has at most this many pieces. */
const FREQUENT_PIECES = 50;
/** The histogram has at most this many bins, each a power of 2 wide. */
const LENGTH_BINS = 40;

/** What was read, kept and dropped so far. */
export type ReadTally = Pick<CorpusReport, 'faults' | 'documents' | 'wikitextProblems' | 'textBytes' | 'sentences'> & {
  /** Documents that gave text, by file. */
  documentsOf: number[];
  sequences: Omit<CorpusReport['sequences'], 'kept'>;
};

/** What is in the sequences kept so far. */
export interface KeptTally {
  /** `lengths[n]` of them have n ids. */
  lengths: Float64Array;
  /** How often each id stands in them: `[V]`. */
  pieces: Float64Array;
}

export function emptyReadTally(files: number): ReadTally {
  return {
    documentsOf: new Array<number>(files).fill(0),
    faults: [],
    documents: { read: 0, kept: 0, dropped: zeros(DOCUMENT_DROPS) },
    wikitextProblems: zeros(WIKITEXT_PROBLEMS),
    textBytes: 0,
    sentences: { read: 0, kept: 0, dropped: zeros(SENTENCE_DROPS) },
    sequences: { made: 0, cut: 0, dropped: zeros(SEQUENCE_DROPS) },
  };
}

export function emptyKeptTally(maxSeqLength: number, vocabularySize: number): KeptTally {
  return { lengths: new Float64Array(maxSeqLength + 1), pieces: new Float64Array(vocabularySize) };
}

/** Adds what was made of a chunk of the file with this index. */
export function addRead(tally: ReadTally, chunk: Pick<InputChunk, 'faults'>, built: BuiltChunk, file: number): void {
  tally.faults.push(...chunk.faults);
  tally.documentsOf[file]! += built.documents.kept;
  tally.textBytes += built.counts.textBytes;
  addCounts(tally.documents, built.documents);
  addCounts(tally.wikitextProblems, built.wikitextProblems);
  addCounts(tally.sentences, built.counts.sentences);
  addCounts(tally.sequences, built.counts.sequences);
}

/** Adds sequences that are kept. */
export function addKept(tally: KeptTally, { lengths, ids }: SequenceChunk): void {
  for (let i = 0; i < lengths.length; i++) tally.lengths[lengths[i]!]! += 1;
  for (let k = 0; k < ids.length; k++) tally.pieces[ids[k]!]! += 1;
}

export function keptSequences({ lengths }: KeptTally): number {
  return lengths.reduce((sum, count) => sum + count, 0);
}

export function keptTokens({ lengths }: KeptTally): number {
  return lengths.reduce((sum, count, length) => sum + count * length, 0);
}

/** Why there is no sequence at all. */
export function corpusTooSmall(
  inputs: readonly string[],
  { documents, sentences, sequences }: ReadTally,
  settings: CorpusSettings,
): TrainerError {
  const why = { settings, documents, sentences, sequences };
  return new TrainerError('corpusTooSmall', { file: inputs.join(', '), sequences: 0, why });
}

/** The report of a build that has ended. Depends on nothing but what is given. */
export function reportOf(
  files: readonly InputFile[],
  read: ReadTally,
  kept: KeptTally,
  { pieces, clsId, sepId, unkId }: Vocabulary,
): CorpusReport {
  const sequences = keptSequences(kept);
  const tokens = keptTokens(kept);
  const { documentsOf, sequences: made, ...same } = read;
  return {
    sources: files.map(({ file, sizeBytes, format }, i) => ({ file, sizeBytes, format, documents: documentsOf[i]! })),
    ...same,
    sequences: { made: made.made, kept: sequences, cut: made.cut, dropped: made.dropped },
    tokens,
    unknownTokens: kept.pieces[unkId]!,
    lengths: { ...histogram(kept.lengths), mean: sequences === 0 ? 0 : tokens / sequences },
    frequentPieces: Array.from(kept.pieces, (count, id) => ({ id, piece: pieces[id]!, count }))
      .filter(({ id, count }) => count > 0 && id !== clsId && id !== sepId)
      .sort((a, b) => b.count - a.count || a.id - b.id)
      .slice(0, FREQUENT_PIECES),
  };
}

function histogram(lengths: Float64Array): { binWidth: number; counts: number[]; longest: number } {
  let binWidth = 1;
  while (lengths.length > binWidth * LENGTH_BINS) binWidth *= 2;
  const counts = new Array<number>(Math.ceil(lengths.length / binWidth)).fill(0);
  let longest = 0;
  for (const [length, count] of lengths.entries()) {
    counts[Math.floor(length / binWidth)]! += count;
    if (count > 0) longest = length;
  }
  return { binWidth, counts, longest };
}

interface Counts {
  [key: string]: number | Counts;
}

/** Adds every number in `from` to the one of the same name; what `from` has not stays. */
function addCounts<T>(into: T, from: { [K in keyof T]?: unknown }): void {
  const to = into as Counts;
  for (const [key, value] of Object.entries(from as Counts)) {
    if (typeof value === 'number') to[key] = (to[key] as number) + value;
    else addCounts(to[key] as Counts, value);
  }
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
