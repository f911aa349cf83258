/** A teacher cache that is on no disk: predictions are worked out as they are asked for, and timed. For an estimate. */
import type { TeacherCacheSource, TeacherCacheWanted } from './teacherCache.js';
import { layoutOf, ROW_COUNT_BYTES } from './teacherCacheFolder.js';
import type { TopRows } from './topPredictions.js';
import { TopPredictor } from './topPredictor.js';
import { recordBytes } from './topRecord.js';

export const teacherCacheInMemory: TeacherCacheSource = async (wanted) => {
  const { teacher, device, lengths, masks, settings } = wanted;
  const { teacherTopK: k, temperature, restrictCeToMask } = settings;
  const predictor = await TopPredictor.compile({ teacher, k, temperature, device });
  const known = new Map<number, TopRows>();
  const timed = { tokens: 0, seconds: 0 };
  const batch = (sequences: Uint32Array) => wanted.batch(sequences, 0);
  const of = async (sequences: readonly number[]) => {
    const missing = sequences.filter((i) => !known.has(i));
    const start = performance.now();
    if (missing.length > 0) {
      const found = predictor.predict(batch(Uint32Array.from(missing)), restrictCeToMask);
      for await (const [sequence, rows] of found) known.set(sequence, rows);
    }
    timed.seconds += (performance.now() - start) / 1000;
    timed.tokens += missing.reduce((sum, i) => sum + lengths[i]!, 0);
    return sequences.map((i) => known.get(i) as TopRows);
  };
  const tokens = masks * total(lengths);
  return {
    ofEpoch: () => ({ batch, predictions: { k, of } }),
    cost: {
      sizeBytes: masks * mostBytes(wanted),
      seconds: () => (timed.tokens > 0 ? (tokens * timed.seconds) / timed.tokens : 0),
    },
    close: () => predictor.dispose(),
  };
};

/** What the files of one drawing take. Where masked rows alone are kept, a sequence may have fewer than its share: where words do not fit. */
function mostBytes({ lengths, settings }: TeacherCacheWanted): number {
  const { restrictCeToMask, mlmMaskProp } = settings;
  const rows = restrictCeToMask ? total(lengths, (length) => Math.ceil(mlmMaskProp * length)) : total(lengths);
  return recordBytes(layoutOf(settings), rows, lengths.length) + lengths.length * ROW_COUNT_BYTES;
}

function total(lengths: ArrayLike<number>, of = (length: number) => length): number {
  let sum = 0;
  for (let i = 0; i < lengths.length; i++) sum += of(lengths[i]!);
  return sum;
}
