/** The teacher cache of a run: filled before the first step, beside the runs, and shared by all that agree in what decides it. */
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import type { JobStage } from '../protocol/jobs.js';
import {
  TEACHER_CACHE_VERSION,
  type TeacherCacheIdentity,
  teacherCacheIdentity,
} from '../protocol/teacherCacheManifest.js';
import { loggedStages } from './loggedStages.js';
import type { RunOptions } from './runStart.js';
import type { TeacherCacheSource, TeacherCacheWanted } from './teacherCache.js';
import { buildTeacherCache } from './teacherCacheBuild.js';
import { isTeacherCache, openTeacherCache, type StoredPredictions } from './teacherCacheFolder.js';
import { TopPredictor } from './topPredictor.js';

/** The folder, beside the runs, of teacher caches. */
const CACHES = 'teacherCaches';
/** File systems allow 255 bytes, and a character of Japanese takes three. */
const NAME_CHARS = 60;

/**
 * Gives a run its cache, and fills it where it is not finished: as many folders as there are drawings of the pieces to hide.
 * Throws what `buildTeacherCache` and `openTeacherCache` throw.
 */
export function runTeacherCache(options: RunOptions): TeacherCacheSource {
  return async (wanted) => {
    const decides = { ...wanted.digests(), ...wanted.settings };
    const opened: StoredPredictions[] = [];
    const close = async () => {
      for (const predictions of opened.splice(0)) predictions.close();
    };
    try {
      for (let mask = 0; mask < wanted.masks; mask++) {
        // Parsed, so that its keys stand in one order.
        const identity = teacherCacheIdentity.parse({ ...decides, mask });
        const folder = cacheFolder(identity, wanted.teacherFolder, options.out);
        if (!isTeacherCache(folder)) await fill(folder, identity, wanted, options);
        opened.push(openTeacherCache(folder, identity));
      }
    } catch (error) {
      await close();
      throw error;
    }
    // Not `wanted` itself, which has the teacher.
    const { batch } = wanted;
    const masks = opened.map((predictions, mask) => ({
      predictions,
      batch: (sequences: Uint32Array) => batch(sequences, mask),
    }));
    return { ofEpoch: (epoch) => masks[epoch % masks.length]!, cost: null, close };
  };
}

function cacheFolder(identity: TeacherCacheIdentity, teacherFolder: string, run: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([TEACHER_CACHE_VERSION, identity]))
    .digest('hex');
  const name = `${basename(resolve(teacherFolder)).slice(0, NAME_CHARS)}-${hash.slice(0, 12)}`;
  return join(dirname(resolve(run)), CACHES, name);
}

async function fill(
  folder: string,
  identity: TeacherCacheIdentity,
  wanted: TeacherCacheWanted,
  { out, signal, onStage = () => {} }: RunOptions,
): Promise<void> {
  const { teacher, device, lengths, batch } = wanted;
  const { teacherTopK: k, temperature, mask } = identity;
  const log = await loggedStages(out, `the teacher's predictions are being written to ${folder}`);
  let predictor: TopPredictor | null = null;
  try {
    await buildTeacherCache({
      folder,
      identity,
      sequences: lengths.length,
      batch: (sequences) => batch(sequences, mask),
      predictor: async () => (predictor ??= await TopPredictor.compile({ teacher, k, temperature, device })),
      signal,
      onStage: (stage: JobStage) => {
        log.onStage(stage);
        onStage(stage);
      },
    });
    log.write(`the teacher's predictions are in ${folder}: ${k} pieces a row of ${lengths.length} sequences`);
  } finally {
    await (predictor as TopPredictor | null)?.dispose();
    await log.end();
  }
}
