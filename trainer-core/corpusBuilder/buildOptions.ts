/** What a build is asked for. */
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import type { OnStage } from '../protocol/jobs.js';

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
  /** Worker threads; the result does not depend on it. Default: one for each core. */
  workers?: number;
  signal: AbortSignal;
  onStage: OnStage;
}
