/**
 * Documents → the sequences of a chunk: split, tokenised, packed or cut, filtered and counted. Cutting and filters are those of
 * Hugging Face's distillation scripts (`binarized_data.py`, `lm_seqs_dataset.py`, `token_counts.py`).
 */
import type { SequenceChunk } from '../corpus/corpus.js';
import { idBytesFor } from '../corpus/shardFiles.js';
import type { CorpusReport } from '../protocol/corpusManifest.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import type { EncodedText } from '../tokenizer/tokenizer.js';
import { splitSentences } from './sentences.js';

/** What making sequences needs of a tokenizer; `JapaneseTokenizer` has it. */
export interface InPlaceEncoder {
  encodeInPlace(text: string): EncodedText;
  readonly vocabulary: {
    readonly size: number;
    readonly clsId: number;
    readonly sepId: number;
    readonly unkId: number;
  };
}

/** What became of the text of a chunk. */
export interface SequenceCounts {
  /** UTF-8, without line ends. */
  textBytes: number;
  sentences: CorpusReport['sentences'];
  /** Kept are `made` less those dropped; duplicates are found later. */
  sequences: { made: number; cut: number; dropped: { tooFewTokens: number; tooManyUnknown: number } };
}

/** The sequences kept of a chunk's documents, and the counts. */
export interface MadeSequences extends SequenceChunk {
  counts: SequenceCounts;
  /** How often each id stands in the sequences before any was cut or dropped: `[V]`. */
  tokenCounts: Uint32Array;
}

/** Takes documents one by one; `take` gives what was made of them and starts anew. */
export class SequenceMaker {
  private ids: Uint16Array | Uint32Array;
  private wordStarts: Uint8Array;
  private lengths = new Uint16Array(1 << 10);
  /** Ids and sequences kept so far; behind `end`, from `open` on, lies the sequence at hand. */
  private open = 0;
  private end = 0;
  private kept = 0;
  private tokenCounts: Uint32Array;
  private counts = emptyCounts();

  constructor(
    private readonly encoder: InPlaceEncoder,
    private readonly settings: CorpusSettings,
    private readonly maxSeqLength: number,
  ) {
    this.ids = idBytesFor(encoder.vocabulary.size) === 2 ? new Uint16Array(1 << 16) : new Uint32Array(1 << 16);
    this.wordStarts = new Uint8Array(this.ids.length);
    this.tokenCounts = new Uint32Array(encoder.vocabulary.size);
  }

  /** Adds the paragraphs or lines of one document; no sequence has parts of two. */
  add(lines: readonly string[]): void {
    const { sequences } = this.settings;
    for (const line of lines) {
      this.counts.textBytes += Buffer.byteLength(line);
      if (sequences === 'lines') this.addSentence(line.trim());
      else for (const sentence of splitSentences(line)) this.addSentence(sentence);
    }
    this.closeSequence();
  }

  /** What was made since the last time. Its arrays are the caller's. */
  take(): MadeSequences {
    const made: MadeSequences = {
      lengths: this.lengths.slice(0, this.kept),
      ids: this.ids.slice(0, this.end),
      wordStarts: this.wordStarts.slice(0, this.end),
      counts: this.counts,
      tokenCounts: this.tokenCounts,
    };
    this.open = this.end = this.kept = 0;
    this.tokenCounts = new Uint32Array(this.tokenCounts.length);
    this.counts = emptyCounts();
    return made;
  }

  private addSentence(sentence: string): void {
    const { settings, counts, maxSeqLength } = this;
    counts.sentences.read += 1;
    if (isShorter(sentence, settings.minChars)) {
      counts.sentences.dropped.tooFewChars += 1;
      return;
    }
    if (settings.maxChars !== null && !isShorter(sentence, settings.maxChars + 1)) {
      counts.sentences.dropped.tooManyChars += 1;
      return;
    }
    counts.sentences.kept += 1;
    const encoded = this.encoder.encodeInPlace(sentence);
    const isOpen = this.end > this.open;
    // One place of those after [CLS] is for [SEP].
    if (isOpen && this.end - this.open + encoded.count + 1 > maxSeqLength) this.closeSequence();
    if (this.end === this.open) this.push(this.encoder.vocabulary.clsId, 1);
    this.pushAll(encoded);
    // A sequence that is too long now is one sentence: it is cut.
    if (settings.sequences !== 'packed' || this.end - this.open + 1 > maxSeqLength) this.closeSequence();
  }

  /** Ends the sequence at hand, if there is one: counts it, cuts it, filters it. */
  private closeSequence(): void {
    const { open, tokenCounts } = this;
    if (this.end === open) return;
    this.push(this.encoder.vocabulary.sepId, 1);
    for (let k = open; k < this.end; k++) tokenCounts[this.ids[k]!]! += 1;
    if (this.end - open <= this.maxSeqLength) this.keepOrDrop();
    else this.cut();
  }

  /**
   * Cuts the sequence at hand every `maxSeqLength` − 2 ids and puts [CLS] and [SEP] back where a chunk lacks them. As in
   * `remove_long_sequences` the cuts count the first [CLS], so the first chunk is one id shorter than the others may be.
   */
  private cut(): void {
    const { clsId, sepId } = this.encoder.vocabulary;
    const ids = this.ids.slice(this.open, this.end);
    const wordStarts = this.wordStarts.slice(this.open, this.end);
    this.counts.sequences.cut += 1;
    this.end = this.open;
    for (let at = 0; at < ids.length; at += this.maxSeqLength - 2) {
      const to = Math.min(at + this.maxSeqLength - 2, ids.length);
      // A word cut in two begins anew, or masking whole words would take its rest for a part of [CLS].
      const isCut = ids[at] !== clsId;
      if (isCut) this.push(clsId, 1);
      for (let k = at; k < to; k++) this.push(ids[k]!, isCut && k === at ? 1 : wordStarts[k]!);
      if (ids[to - 1] !== sepId) this.push(sepId, 1);
      this.keepOrDrop();
    }
  }

  private keepOrDrop(): void {
    const { settings, counts } = this;
    const length = this.end - this.open;
    counts.sequences.made += 1;
    if (length < settings.minTokens) {
      counts.sequences.dropped.tooFewTokens += 1;
    } else if (this.unknown() / length >= settings.maxUnknown) {
      counts.sequences.dropped.tooManyUnknown += 1;
    } else {
      if (this.kept === this.lengths.length) this.lengths = enlarged(this.lengths, new Uint16Array(2 * this.kept));
      this.lengths[this.kept++] = length;
      this.open = this.end;
    }
    this.end = this.open;
  }

  /** How many ids of the sequence at hand are [UNK]. */
  private unknown(): number {
    const { unkId } = this.encoder.vocabulary;
    let unknown = 0;
    for (let k = this.open; k < this.end; k++) if (this.ids[k] === unkId) unknown += 1;
    return unknown;
  }

  private push(id: number, wordStart: number): void {
    this.makeRoom(1);
    this.ids[this.end] = id;
    this.wordStarts[this.end++] = wordStart;
  }

  private pushAll({ count, ids, wordStarts }: EncodedText): void {
    this.makeRoom(count);
    const { ids: toIds, wordStarts: toStarts, end } = this;
    for (let k = 0; k < count; k++) {
      toIds[end + k] = ids[k]!;
      toStarts[end + k] = wordStarts[k]!;
    }
    this.end += count;
  }

  private makeRoom(count: number): void {
    if (this.end + count <= this.ids.length) return;
    const size = 2 * (this.end + count);
    this.ids =
      this.ids instanceof Uint16Array
        ? enlarged(this.ids, new Uint16Array(size))
        : enlarged(this.ids, new Uint32Array(size));
    this.wordStarts = enlarged(this.wordStarts, new Uint8Array(size));
  }
}

function emptyCounts(): SequenceCounts {
  return {
    textBytes: 0,
    sentences: { read: 0, kept: 0, dropped: { tooFewChars: 0, tooManyChars: 0 } },
    sequences: { made: 0, cut: 0, dropped: { tooFewTokens: 0, tooManyUnknown: 0 } },
  };
}

/** True when a text has fewer characters than `limit`; a pair of surrogates is one. */
function isShorter(text: string, limit: number): boolean {
  if (text.length < limit) return true;
  if (text.length >= 2 * limit) return false;
  let characters = text.length;
  for (let i = 1; i < text.length; i++) {
    if (text.charCodeAt(i) >>> 10 === 0x37 && text.charCodeAt(i - 1) >>> 10 === 0x36) characters -= 1;
  }
  return characters < limit;
}

function enlarged<A extends Uint8Array | Uint16Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
