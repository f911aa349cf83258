/** Scores where each example has one class of several, as scikit-learn computes them (0 where a denominator is 0). */
import type { ClassificationReport, MisreadExample } from '../protocol/report.js';
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js';
import { expectedCalibrationError, reliability, squaredDistance } from './calibration.js';
import { averageScores, classScores, confusionCounts, macroF1, ratio } from './classScores.js';
import { meanOf, meanOfDrawn } from './means.js';
import { argmax, surprise } from './probabilities.js';
import { placeOf, type ScoredExample } from './scoredExample.js';

/** Scores examples, which come in file order. Bootstrap intervals are made apart: they take a thousand times as long. */
export function classificationReport(
  labels: readonly string[],
  examples: readonly ScoredExample[],
): ClassificationReport {
  const { truth, guess, loss, distance } = columns(examples);
  const confusion = confusionOf(labels.length, truth, guess);
  const counts = confusionCounts(confusion);
  const averages = averageScores(counts);
  const right = truth.map((label, i) => (label === guess[i] ? 1 : 0));
  const bins = reliability(
    examples.map(({ probabilities }, i) => probabilities[guess[i]!]!),
    right,
  );
  const misread = examples.flatMap((example, i): MisreadExample[] => {
    const [label, predicted] = [labels[example.label]!, labels[guess[i]!]!];
    return right[i] ? [] : [{ ...placeOf(example), label, predicted, score: example.probabilities[guess[i]!]! }];
  });
  return {
    problemType: 'single_label_classification',
    examples: examples.length,
    accuracy: meanOf(right),
    macroF1: averages.macro.f1,
    loss: meanOf(loss),
    averages,
    calibration: { ece: expectedCalibrationError(bins), brier: meanOf(distance), bins },
    classes: classScores(labels, counts),
    confusion,
    misreadCount: misread.length,
    misread,
  };
}

/** The report with the intervals of its accuracy, macro- and weighted F1, loss and Brier score. */
export async function withClassificationIntervals(
  report: ClassificationReport,
  examples: readonly ScoredExample[],
  options: BootstrapOptions = {},
): Promise<ClassificationReport> {
  const { truth, guess, loss, distance } = columns(examples);
  const intervals = await bootstrapIntervals(
    examples.length,
    (drawn) => {
      const counts = confusionCounts(confusionOf(report.classes.length, truth, guess, drawn));
      return {
        accuracy: ratio(
          counts.reduce((sum, { hits }) => sum + hits, 0),
          drawn.length,
        ),
        macroF1: macroF1(counts),
        weightedF1: averageScores(counts).weighted.f1,
        loss: meanOfDrawn(loss, drawn),
        brier: meanOfDrawn(distance, drawn),
      };
    },
    options,
  );
  return { ...report, intervals };
}

/** The truth, the guess, the cross-entropy and the squared distance of each example. */
function columns(examples: readonly ScoredExample[]) {
  return {
    truth: Int32Array.from(examples, ({ label }) => label),
    guess: Int32Array.from(examples, ({ probabilities }) => argmax(probabilities)),
    loss: Float64Array.from(examples, ({ label, probabilities }) => surprise(probabilities[label]!)),
    distance: Float64Array.from(examples, ({ label, probabilities }) =>
      squaredDistance(probabilities, (id) => id === label),
    ),
  };
}

/** `confusion[truth][guess]`: counts of the examples, or of those that were drawn. */
function confusionOf(classes: number, truth: Int32Array, guess: Int32Array, drawn?: Uint32Array): number[][] {
  const counts = new Uint32Array(classes * classes);
  // A thousand resamples go through here: counted by place, without iterators.
  for (let k = 0; k < (drawn ?? truth).length; k++) {
    const i = drawn ? drawn[k]! : k;
    counts[truth[i]! * classes + guess[i]!]!++;
  }
  return Array.from({ length: classes }, (_, id) => [...counts.subarray(id * classes, (id + 1) * classes)]);
}
