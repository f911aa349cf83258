/**
 * How large runs may be. What the steps of a run hold grows with its tokens, and no tensor may become larger than every device takes,
 * so that a step can be done on any and is cut alike on all.
 */
import { tokensThatFit } from '../classify/scoringBatches.js';
import type { ModelConfig } from '../models/config.js';
import { LARGEST_TENSOR } from '../runtime/executionProviders.js';
import type { LanguageModelLayout } from './languageModelStep.js';

export interface RunSizeOptions {
  /** Tokens, beyond which a run is not faster but only larger. */
  most: number;
  /** Tokens of the longest sequence, which is not cut. */
  longest: number;
  /** All that work on the run. */
  models: readonly ModelConfig[];
  /** Heads of relations that are compared. */
  relationHeads?: number;
}

/** Tokens a run of a language model works on at most: more would not be faster, only larger. */
const TOKENS_PER_RUN = 1024;
/** Rows whose logits are held at a time, and how many times as many a chunk has room for: one run has more labels than another. */
const ROWS_PER_CHUNK = 512;
const ROOM = 2;

/** How the runs of a language model are cut. @param options `labelledPart`: of the tokens that have a label. */
export function languageModelLayout({
  labelledPart,
  ...options
}: Omit<RunSizeOptions, 'most'> & { labelledPart: number }): LanguageModelLayout {
  const tokens = tokensPerRun({ most: TOKENS_PER_RUN, ...options });
  const largestVocabulary = Math.max(...options.models.map(({ vocabSize }) => vocabSize));
  const rowsPerChunk = rowsAtOnce(ROWS_PER_CHUNK * ROOM, largestVocabulary) / ROOM;
  const chunks = (part: number) => Math.max(1, Math.ceil((tokens * part) / rowsPerChunk));
  return { labelledChunks: chunks(labelledPart), otherChunks: chunks(1 - labelledPart), tokensPerRun: tokens };
}

/** Tokens a run works on at most, padding counted. */
export function tokensPerRun({ most, longest, models, relationHeads = 0 }: RunSizeOptions): number {
  return Math.max(longest, Math.min(most, tokensThatFit(models, longest, relationHeads)));
}

/** Rows whose logits over a vocabulary are held at a time: at most `most`, or as many as fit. */
export function rowsAtOnce(most: number, vocabSize: number): number {
  return Math.max(1, Math.min(most, Math.floor(LARGEST_TENSOR / Float32Array.BYTES_PER_ELEMENT / vocabSize)));
}
