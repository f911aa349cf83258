/** The k most probable pieces that a teacher has for each row that is compared, and what all other pieces have together. */
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import type { LanguageModelRun } from './languageModelBatch.js';
import { TEACHER } from './teacherGraph.js';
import type { HostFeeds } from './trainStep.js';

/** Of R rows. */
export interface TopRows {
  /** [R, k], the most probable first. */
  pieces: Int32Array;
  /** At the temperature of the loss [R, k + 1]: of the pieces, and last of all others together. Their exponentials sum to 1. */
  logProbabilities: Float32Array;
}

/** What a teacher predicts for the sequences of a corpus, hidden in one certain way. */
export interface TopPredictions {
  readonly k: number;
  /** Of each of these sequences of the corpus: its rows that are compared, by ascending position. */
  of(sequences: readonly number[]): readonly TopRows[] | Promise<readonly TopRows[]>;
}

/** What the logarithm of no probability at all is taken for: the least float16, whose exponential is 0. */
export const NOTHING = -65_504;

/**
 * The student's inputs that come from predictions, for a run.
 * @param restrictCeToMask rows with a label alone are compared, so predictions have no others.
 */
export async function topFeeds(
  run: Pick<LanguageModelRun, 'feeds' | 'sequences'>,
  predictions: TopPredictions,
  restrictCeToMask: boolean,
): Promise<HostFeeds> {
  const { k } = predictions;
  const found = await predictions.of(run.sequences);
  const places = comparedPlaces(run.feeds, restrictCeToMask);
  const pieces = new Int32Array(places.length * k);
  const logProbabilities = new Float32Array(places.length * (k + 1));
  places.forEach(({ sequence, row }, to) => {
    const of = found[sequence] as TopRows;
    pieces.set(of.pieces.subarray(row * k, (row + 1) * k), to * k);
    logProbabilities.set(of.logProbabilities.subarray(row * (k + 1), (row + 1) * (k + 1)), to * (k + 1));
  });
  return {
    [TEACHER.pieces]: int32(pieces, [places.length, k]),
    [TEACHER.logProbabilities]: float32(logProbabilities, [places.length, k + 1]),
  };
}

/** Sorts what was found for the rows of a run that are compared by the run's sequences. */
export function bySequence(
  run: Pick<LanguageModelRun, 'feeds' | 'sequences'>,
  { pieces, logProbabilities }: TopRows,
  k: number,
  restrictCeToMask: boolean,
): TopRows[] {
  const places = comparedPlaces(run.feeds, restrictCeToMask);
  const counts = run.sequences.map(() => 0);
  for (const { sequence } of places) counts[sequence]! += 1;
  const found = counts.map((rows) => ({
    pieces: new Int32Array(rows * k),
    logProbabilities: new Float32Array(rows * (k + 1)),
  }));
  places.forEach(({ sequence, row }, from) => {
    const of = found[sequence]!;
    of.pieces.set(pieces.subarray(from * k, (from + 1) * k), row * k);
    of.logProbabilities.set(logProbabilities.subarray(from * (k + 1), (from + 1) * (k + 1)), row * (k + 1));
  });
  return found;
}

/** Of each row of a run that is compared, in the run's order: which of the run's sequences it is of, and its place among that one's rows. */
function comparedPlaces(feeds: HostFeeds, restrictCeToMask: boolean): { sequence: number; row: number }[] {
  const { rows, labels, input_ids } = feeds as { rows: HostTensor; labels: HostTensor; input_ids: HostTensor };
  const length = input_ids.dims[1] as number;
  const labelled: number[] = [];
  const compared = restrictCeToMask ? rows.data.subarray(0, labels.data.length) : rows.data;
  return Array.from(compared, (at) => {
    const sequence = Math.floor(at / length);
    if (!restrictCeToMask) return { sequence, row: at % length };
    labelled[sequence] ??= 0;
    return { sequence, row: labelled[sequence]++ };
  });
}
