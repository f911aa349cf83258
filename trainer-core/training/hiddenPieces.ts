/** How the pieces to predict are drawn: anew for each micro-batch, or once and for all for each sequence. */
import { padBatch } from '../corpus/batches.js';
import { type MaskingOptions, maskEach, maskingWeights } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import type { SequenceStore } from '../corpus/sequenceStore.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { LanguageModelBatch } from './languageModelBatch.js';

export type MaskingSettings = Omit<MaskingOptions, 'maskId' | 'vocabularySize' | 'weights'> & { mlmSmoothing: number };

/** The settings with what the vocabulary and the corpus say. @param tokenCounts how often each id stands in the corpus. */
export function maskingOptions(
  settings: MaskingSettings,
  vocabulary: Vocabulary,
  tokenCounts: ArrayLike<number>,
): MaskingOptions {
  const { padId, unkId, clsId, sepId, maskId, size } = vocabulary;
  const weights = maskingWeights(tokenCounts, settings.mlmSmoothing, [padId, unkId, clsId, sepId, maskId]);
  return { ...settings, maskId, vocabularySize: size, weights };
}

/**
 * Sequences side by side, each with what is always hidden of it: that follows from the seed, the sequence's number and the number of
 * the drawing alone.
 */
export function fixedBatch(
  store: SequenceStore,
  sequences: Uint32Array,
  padId: number,
  masking: MaskingOptions,
  { seed, mask }: { seed: number; mask: number },
): LanguageModelBatch {
  const padded = padBatch(store, sequences, padId);
  const random = Random.fromSeed(seed).fork('fixed masks', mask);
  const { inputIds, labels } = maskEach(padded, masking, (b) => random.fork(sequences[b]!));
  const { batchSize, sequenceLength, lengths } = padded;
  return { batchSize, sequenceLength, inputIds, labels, lengths, sequences };
}
