/** `cache.json` of a teacher cache: what its predictions are of, and how large its files are. See docs/formats.md. */

import * as z from 'zod';
import { TEACHER_PRECISIONS } from './distillConfig.js';

/** Another version is not read. */
export const TEACHER_CACHE_VERSION = 1;

export const CACHE_FILE = 'cache.json';
/** How many rows each sequence has. */
export const ROWS_FILE = 'rows.bin';
export const PREDICTIONS_FILE = 'predictions.bin';

/** All that decides what a cache holds. */
export const teacherCacheIdentity = z.strictObject({
  /** SHA-256 of the teacher's config and weights. */
  teacher: z.string(),
  teacherPrecision: z.enum(TEACHER_PRECISIONS),
  /** SHA-256 of the corpus's corpus.json, which holds the checksums of all else of it. */
  corpus: z.string(),
  vocabularySize: z.int(),
  teacherTopK: z.int(),
  temperature: z.number(),
  restrictCeToMask: z.boolean(),
  seed: z.int(),
  /** Which drawing of the pieces to hide, from 0. */
  mask: z.int(),
  mlmMaskProp: z.number(),
  wordMask: z.number(),
  wordKeep: z.number(),
  mlmSmoothing: z.number(),
  wholeWordMasking: z.boolean(),
});
export type TeacherCacheIdentity = z.output<typeof teacherCacheIdentity>;

export const teacherCacheManifest = z.strictObject({
  version: z.literal(TEACHER_CACHE_VERSION),
  identity: teacherCacheIdentity,
  sequences: z.int(),
  /** Of all sequences. */
  rows: z.int(),
  predictions: z.strictObject({ sizeBytes: z.int() }),
  rowCounts: z.strictObject({ sizeBytes: z.int(), sha256: z.string() }),
});
export type TeacherCacheManifest = z.output<typeof teacherCacheManifest>;
