/**
 * Calibration: how often predictions of a confidence are right (Guo et al. 2017, "On Calibration of Modern Neural Networks", §2).
 * Bins are of equal width, open below and closed above, as there and in scikit-learn's `calibration_curve`.
 */
import type { CalibrationBin } from '../protocol/report.js';

/** As many as Guo et al. take. */
export const BINS = 15;

/** The lower edges of the bins, as numpy's `linspace(0, 1, BINS + 1)` rounds them, so that ties fall as in scikit-learn. */
const EDGES = Float64Array.from({ length: BINS }, (_, bin) => bin * (1 / BINS));

/** The bin of a confidence from 0 to 1. */
function binOf(confidence: number): number {
  let bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
  // The product's rounding may be off by one; 0 itself belongs to the first bin.
  while (bin > 0 && confidence <= EDGES[bin]!) bin--;
  while (bin < BINS - 1 && confidence > EDGES[bin + 1]!) bin++;
  return bin;
}

/** The reliability curve of predictions with these confidences, of which those with `right` 1 are right. */
export function reliability(confidences: ArrayLike<number>, right: ArrayLike<number>): CalibrationBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, accuracy: 0 }));
  for (let i = 0; i < confidences.length; i++) {
    const bin = sums[binOf(confidences[i]!)]!;
    bin.count++;
    bin.confidence += confidences[i]!;
    bin.accuracy += right[i]!;
  }
  return sums.map(({ count, confidence, accuracy }, bin) => ({
    from: EDGES[bin]!,
    to: EDGES[bin + 1] ?? 1,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : accuracy / count,
  }));
}

/** Expected calibration error: the mean over the predictions of |accuracy − confidence| of their bin; 0 without predictions. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const predictions = bins.reduce((sum, { count }) => sum + count, 0);
  const gaps = bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0);
  return predictions === 0 ? 0 : gaps / predictions;
}

/** The squared distance of an example's probabilities from the truth, which is 1 where `isTrue` and 0 elsewhere. */
export function squaredDistance(probabilities: ArrayLike<number>, isTrue: (classId: number) => boolean): number {
  let sum = 0;
  for (let id = 0; id < probabilities.length; id++) sum += (probabilities[id]! - (isTrue(id) ? 1 : 0)) ** 2;
  return sum;
}
