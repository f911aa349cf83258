/** What a build is asked for. */
import type { Corpus } from '../corpus/corpus.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import type { OnStage } from '../protocol/jobs.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';

export interface BuildOptions {
  /** Files and folders. */
  inputs: readonly string[];
  /** vocab.txt. */
  vocabFile: string;
  /** The corpus folder to make, or to go on with. */
  out: string;
  settings: CorpusSettings;
  /** Longest sequence, [CLS] and [SEP] counted. */
  maxSeqLength: number;
  /** Worker threads; the result does not depend on it. Default: one for each core, at most 16. */
  workers?: number;
  signal: AbortSignal;
  onStage: OnStage;
}

/** What the first part of a corpus is asked with: `sampleCorpus`, which keeps it in memory and writes nothing. */
export interface SampleOptions extends Pick<BuildOptions, 'inputs' | 'settings' | 'maxSeqLength' | 'signal'> {
  tokenizer: JapaneseTokenizer;
  /** About how many bytes of the input, as it lies on the disk, to read. */
  limitBytes: number;
}

export interface CorpusSample extends Corpus {
  /** Part of the input's bytes that was read: 1, or less where the limit came first. */
  part: number;
}
