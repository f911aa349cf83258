/** Text files → token sequences and token counts, as Hugging Face's distillation scripts make them (`binarized_data.py`, `lm_seqs_dataset.py`, `token_counts.py`). */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import { readError } from './readError.js';
import { type SequenceStore, SequenceStoreBuilder } from './sequenceStore.js';
import { LINE_LIMIT_BYTES, readTextLines, type TextLine } from './textLines.js';

/** What building sequences needs of a tokenizer. */
export interface WordEncoder {
  /** The ids of a text, without [CLS] and [SEP], and 1 for each that begins a word. */
  encodeWords(text: string): { ids: ArrayLike<number>; wordStarts: ArrayLike<number> };
  readonly vocabulary: {
    readonly size: number;
    readonly clsId: number;
    readonly sepId: number;
    readonly unkId: number;
  };
}

/** Sequences of this many ids or fewer teach too little: they are dropped. */
const SHORTEST_DROPPED = 11;
/** Sequences with this part of unknown pieces or more are dropped. */
const UNKNOWN_PART = 0.5;

/** What became of the lines. `sequences` = `lines` + extra chunks − `droppedShort` − `droppedUnknown`. */
export interface SequencesReport {
  /** Files that were read. */
  files: number;
  /** Part of the bytes of all files that was read: 1, or less where there was a limit. */
  part: number;
  /** Lines in them, blank ones too. */
  lines: number;
  /** Lines too long for one sequence, and so cut in chunks. */
  linesCut: number;
  /** Chunks or lines dropped because they have 11 ids or fewer. */
  droppedShort: number;
  /** Chunks or lines dropped because at least half of their ids are [UNK]. */
  droppedUnknown: number;
  /** Sequences kept. */
  sequences: number;
  /** Ids in the sequences kept. */
  tokens: number;
}

/** A corpus ready to mask and batch. */
export interface Corpus {
  store: SequenceStore;
  /** How often each id stands in all lines, before any was dropped: `[V]`. */
  tokenCounts: Float64Array;
  report: SequencesReport;
}

/**
 * Reads text files, one sequence a line, into `[CLS] … [SEP]` sequences.
 * @param sources files (plain or `.gz`) or folders, whose `.txt` and `.txt.gz` files are taken in order of their path.
 * @param maxLength longest sequence in ids with [CLS] and [SEP]; longer lines are cut in chunks. At least 3.
 * @param limitBytes about how many bytes of the files to read.
 * Throws `fileNotFound`, `fileUnreadable`, `fileEmpty`, `invalidUtf8`, `lineTooLong`; `corpusTooSmall` when no sequence is left.
 */
export async function readSequences(
  sources: readonly string[],
  encoder: WordEncoder,
  maxLength: number,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<Corpus> {
  const { size, clsId, sepId, unkId } = encoder.vocabulary;
  const builder = new SequenceStoreBuilder(size);
  const tokenCounts = new Float64Array(size);
  const report: SequencesReport = {
    files: 0,
    part: 1,
    lines: 0,
    linesCut: 0,
    droppedShort: 0,
    droppedUnknown: 0,
    sequences: 0,
    tokens: 0,
  };
  for await (const { text } of firstLines(sources.flatMap(textFiles), limitBytes, report)) {
    report.lines += 1;
    const { ids, wordStarts } = encoder.encodeWords(text.trim());
    const sequence = { ids: framed(ids, clsId, sepId), wordStarts: framed(wordStarts, 1, 1) };
    for (const id of sequence.ids) tokenCounts[id]! += 1;
    const chunks = cutInChunks(sequence, maxLength, clsId, sepId);
    if (chunks.length > 1) report.linesCut += 1;
    for (const chunk of chunks) {
      if (chunk.ids.length <= SHORTEST_DROPPED) {
        report.droppedShort += 1;
      } else if (count(chunk.ids, unkId) / chunk.ids.length >= UNKNOWN_PART) {
        report.droppedUnknown += 1;
      } else {
        builder.add(chunk.ids, chunk.wordStarts);
      }
    }
  }
  const store = builder.build();
  if (store.length === 0) throw new TrainerError('corpusTooSmall', { file: sources.join(', '), sequences: 0 });
  return { store, tokenCounts, report: { ...report, sequences: store.length, tokens: store.tokens } };
}

/** The lines of all files one after another, until `limitBytes` of them are read; `report` is told what was. */
async function* firstLines(
  files: readonly string[],
  limitBytes: number,
  report: Pick<SequencesReport, 'files' | 'part'>,
): AsyncGenerator<TextLine> {
  /** Bytes of the files before, of the one at hand, and of this one without its last chunk. */
  let [whole, read, before] = [0, 0, 0];
  const onRead = (bytes: number) => {
    [before, read] = [read, bytes];
  };
  for (const file of files) {
    report.files += 1;
    [read, before] = [0, 0];
    for await (const line of readTextLines(file, LINE_LIMIT_BYTES, onRead)) {
      if (whole + read > limitBytes) {
        report.part = (whole + before) / files.reduce((sum, each) => sum + statSync(each).size, 0);
        return;
      }
      yield line;
    }
    whole += read;
  }
}

/**
 * Texts for a classifier, in their order: `[CLS] … [SEP]`, ids beyond `maxLength` cut off before [SEP], none dropped.
 * @param maxLength longest sequence in ids with [CLS] and [SEP]; at least 3.
 */
export function encodeTexts(texts: Iterable<string>, encoder: WordEncoder, maxLength: number): SequenceStore {
  const { size, clsId, sepId } = encoder.vocabulary;
  const builder = new SequenceStoreBuilder(size);
  for (const text of texts) {
    const { ids, wordStarts } = encoder.encodeWords(text);
    const kept = Math.min(ids.length, maxLength - 2);
    builder.add(framed(ids, clsId, sepId, kept), framed(wordStarts, 1, 1, kept));
  }
  return builder.build();
}

/** One sequence: `ids` and, for each, 1 where it begins a word. */
interface Sequence {
  ids: Int32Array;
  wordStarts: Int32Array;
}

/**
 * A sequence longer than `maxLength` ids, cut every `maxLength` − 2 of them, [CLS] and [SEP] put back where a chunk lacks them.
 * As in `remove_long_sequences` the cuts count the first [CLS], so the first chunk is one id shorter than the others may be.
 */
export function cutInChunks(sequence: Sequence, maxLength: number, clsId: number, sepId: number): Sequence[] {
  const { ids, wordStarts } = sequence;
  if (ids.length <= maxLength) return [sequence];
  const chunks: Sequence[] = [];
  for (let at = 0; at < ids.length; at += maxLength - 2) {
    let part = ids.subarray(at, at + maxLength - 2);
    let starts = wordStarts.subarray(at, at + maxLength - 2);
    if (part[0] !== clsId) {
      part = Int32Array.from([clsId, ...part]);
      starts = Int32Array.from([1, ...starts]);
      // A word cut in two begins anew here, or masking whole words would take it for a part of [CLS].
      starts[1] = 1;
    }
    if (part.at(-1) !== sepId) {
      part = Int32Array.from([...part, sepId]);
      starts = Int32Array.from([...starts, 1]);
    }
    chunks.push({ ids: part, wordStarts: starts });
  }
  return chunks;
}

/** The first `kept` of `values` between `first` and `last`. */
function framed(values: ArrayLike<number>, first: number, last: number, kept = values.length): Int32Array {
  const out = new Int32Array(kept + 2);
  out[0] = first;
  for (let i = 0; i < kept; i++) out[i + 1] = values[i]!;
  out[kept + 1] = last;
  return out;
}

function count(ids: Int32Array, wanted: number): number {
  let times = 0;
  for (const id of ids) if (id === wanted) times += 1;
  return times;
}

function textFiles(source: string): string[] {
  try {
    if (!statSync(source).isDirectory()) return [source];
    const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.txt(\.gz)?$/.test(name),
    );
    if (names.length === 0) throw new TrainerError('corpusTooSmall', { file: source, sequences: 0 });
    return names.sort().map((name) => join(source, name));
  } catch (error) {
    throw readError(error, source);
  }
}
