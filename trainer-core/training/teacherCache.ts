/** A teacher's predictions for a whole corpus, worked out once: what is wanted of a cache, and what a run and an estimate get. */
import { createHash } from 'node:crypto';
import type { ModelConfig } from '../models/config.js';
import type { DistillConfig } from '../protocol/distillConfig.js';
import type { TeacherCacheIdentity } from '../protocol/teacherCacheManifest.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { TrainingCorpus } from './corpusSource.js';
import { fixedBatch, maskingOptions } from './hiddenPieces.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import type { TeacherCacheCost } from './task.js';
import type { Teacher } from './teacher.js';
import type { TopPredictions } from './topPredictions.js';

/** What is to be kept, and of what. */
export interface TeacherCacheWanted {
  teacher: Teacher;
  /** Folder of the teacher. */
  teacherFolder: string;
  /** Times that the pieces to hide are drawn. */
  masks: number;
  /** What decides the predictions: the settings, and the hashes, which take a moment. */
  settings: Omit<TeacherCacheIdentity, 'teacher' | 'corpus' | 'mask'>;
  digests(): Pick<TeacherCacheIdentity, 'teacher' | 'corpus'>;
  /** Pieces of each sequence of the corpus. */
  lengths: ArrayLike<number>;
  /** Sequences of the corpus with what the drawing with this number hides of them. */
  batch(sequences: Uint32Array, mask: number): LanguageModelBatch;
  device: Device;
}

/** What student and teacher are given in one drawing of the pieces to hide. */
export interface CachedMask {
  batch(sequences: Uint32Array): LanguageModelBatch;
  predictions: TopPredictions;
}

export interface TeacherCache {
  /** Epochs, counted from 0, take the drawings in turn. */
  ofEpoch(epoch: number): CachedMask;
  /** What is still to be paid; null: nothing. */
  cost: TeacherCacheCost | null;
  close(): Promise<void>;
}

/** Makes a cache, or opens one. */
export type TeacherCacheSource = (wanted: TeacherCacheWanted) => Promise<TeacherCache>;

/** What is to be kept of the teacher, with its `k` most probable pieces a row. */
export function cacheWanted(
  config: DistillConfig,
  k: number,
  { teacher, teacherFolder, weights }: { teacher: Teacher; teacherFolder: string; weights: NamedTensors },
  corpus: TrainingCorpus,
  vocabulary: Vocabulary,
  device: Device,
): TeacherCacheWanted {
  const { seed, mlmMaskProp, wordMask, wordKeep, mlmSmoothing, wholeWordMasking, restrictCeToMask } = config;
  const hidden = { mlmMaskProp, wordMask, wordKeep, mlmSmoothing, wholeWordMasking };
  const masking = maskingOptions(hidden, vocabulary, corpus.tokenCounts);
  const { store, origin } = corpus;
  const temperature = config.temperature as number;
  return {
    teacher,
    teacherFolder,
    masks: Math.min(config.teacherCacheMasks, Math.ceil(config.numEpochs)),
    settings: {
      teacherPrecision: teacher.precision,
      vocabularySize: teacher.config.vocabSize,
      teacherTopK: k,
      temperature,
      restrictCeToMask,
      seed,
      ...hidden,
    },
    digests: digestsOf(teacher.config, weights, origin?.sha256 ?? ''),
    lengths: store.lengths,
    batch: (sequences, mask) => fixedBatch(store, sequences, vocabulary.padId, masking, { seed, mask }),
    device,
  };
}

/** By itself, so that `batch`, which lasts as long as the run, does not hold on to the weights that this needs. */
function digestsOf(config: ModelConfig, weights: NamedTensors, corpus: string): TeacherCacheWanted['digests'] {
  return () => ({ teacher: modelDigest(config, weights), corpus });
}

/** SHA-256 of a model's config and weights. */
function modelDigest(config: ModelConfig, weights: NamedTensors): string {
  const hash = createHash('sha256').update(JSON.stringify(config));
  for (const [name, { dims, data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, dims]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
