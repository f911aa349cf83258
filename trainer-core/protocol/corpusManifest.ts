/** What a corpus folder says of itself: `corpus.json`, written last, and the report in it. */

import * as z from 'zod';
import { corpusSettings } from './corpusSettings.js';

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Damage in an input that was read past. Offsets are of the file as it lies on the disk, so compressed bytes where it is compressed. */
export const inputFault = z.strictObject({
  file: z.string(),
  /**
   * `truncated`: the file breaks off; all before that is kept. `damagedBlock`: a block whose checksum is wrong or that cannot be unpacked is left out.
   * `cutPage`: a page that does not end, or lost a part to one of the others, is left out.
   */
  kind: z.enum(['truncated', 'damagedBlock', 'cutPage']),
  offsetBytes: count,
});
export type InputFault = z.output<typeof inputFault>;

/** Why a document of an input gave no text. */
export const DOCUMENT_DROPS = ['otherNamespace', 'redirect', 'disambiguation', 'noText'] as const;
/** Why a sentence or line was left out before it was tokenised. */
export const SENTENCE_DROPS = ['tooFewChars', 'tooManyChars'] as const;
/** Why a sequence was left out. */
export const SEQUENCE_DROPS = ['tooFewTokens', 'tooManyUnknown', 'duplicate'] as const;
/** What was wrong with wikitext that was extracted all the same; each counts pages. */
export const WIKITEXT_PROBLEMS = [
  'unclosedTemplate',
  'unclosedTable',
  'unclosedTag',
  'unclosedLink',
  'nestedTooDeep',
] as const;
export type WikitextProblem = (typeof WIKITEXT_PROBLEMS)[number];

const counts = <const K extends readonly string[]>(keys: K) =>
  z.record(z.enum(keys as unknown as [string, ...string[]]), count) as z.ZodType<Record<K[number], number>>;

/** What a build read, kept and dropped. The same input and settings give the same report, however often the build was interrupted. */
export const corpusReport = z.strictObject({
  sources: z.array(
    z.strictObject({
      file: z.string(),
      sizeBytes: count,
      format: z.enum(['mediawiki', 'wikiextractor', 'text', 'jsonl', 'parquet']),
      documents: count,
    }),
  ),
  faults: z.array(inputFault),
  documents: z.strictObject({ read: count, kept: count, dropped: counts(DOCUMENT_DROPS) }),
  wikitextProblems: counts(WIKITEXT_PROBLEMS),
  /** Bytes of UTF-8 in the text of the documents kept. */
  textBytes: count,
  sentences: z.strictObject({ read: count, kept: count, dropped: counts(SENTENCE_DROPS) }),
  sequences: z.strictObject({
    /** Before the filters, after cutting. */
    made: count,
    kept: count,
    /** How many sentences or lines were too long for one sequence, and so cut in chunks. */
    cut: count,
    dropped: counts(SEQUENCE_DROPS),
  }),
  /** Ids in the sequences kept, [CLS] and [SEP] counted. */
  tokens: count,
  /** Of them [UNK]. */
  unknownTokens: count,
  /** `counts[k]` sequences have from `k·binWidth` to `(k+1)·binWidth − 1` ids. */
  lengths: z.strictObject({ binWidth: z.int().min(1), counts: z.array(count), mean: z.number(), longest: count }),
  /** The pieces that stand most often in the sequences kept, [CLS] and [SEP] left out; at most 50. */
  frequentPieces: z.array(z.strictObject({ id: count, piece: z.string(), count })),
});
export type CorpusReport = z.output<typeof corpusReport>;

const storedFile = z.strictObject({ sizeBytes: count, sha256 });

/** Consecutive sequences of the corpus; the files are called `NAME.ids`, `NAME.lengths` and `NAME.wordStarts`. */
const shard = z.strictObject({
  name: z.string().regex(/^[\w-]+$/),
  sequences: count,
  tokens: count,
  files: z.strictObject({ ids: storedFile, lengths: storedFile, wordStarts: storedFile }),
});
export type CorpusShard = z.output<typeof shard>;

/** The version of the folder's layout; another is refused. */
export const CORPUS_VERSION = 1;

export const corpusManifest = z.strictObject({
  version: z.literal(CORPUS_VERSION),
  /** Which tokenizer made the ids: the SHA-256 of all that decides them (see `tokenizerIdentity`), for the reader's eye its vocabulary's size. */
  tokenizer: z.strictObject({ sha256, vocabularySize: z.int().min(1) }),
  settings: corpusSettings,
  /** The longest sequence allowed, [CLS] and [SEP] counted; lengths are stored in two bytes. */
  maxSeqLength: z.int().min(12).max(65_535),
  /** Bytes of an id: 2, or 4 where the vocabulary has more than 65,536 of them. */
  idBytes: z.union([z.literal(2), z.literal(4)]),
  sequences: count,
  tokens: count,
  shards: z.array(shard),
  /** `counts.bin`: how often each id stands in all sequences, before any was cut or dropped. */
  tokenCounts: storedFile,
  /** `vocab.txt`: a copy of the vocabulary that the ids belong to. */
  vocabulary: storedFile,
  report: corpusReport,
});
export type CorpusManifest = z.output<typeof corpusManifest>;

/** The manifest's name in the folder. */
export const CORPUS_FILE = 'corpus.json';
/** The name of the file that says how far an unfinished build is. */
export const BUILDING_FILE = 'building.json';
/** The name of the token counts in the folder. */
export const COUNTS_FILE = 'counts.bin';
/** The name of the vocabulary in the folder. */
export const VOCABULARY_FILE = 'vocab.txt';
