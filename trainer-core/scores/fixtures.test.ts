/** Every figure beside scikit-learn's and scipy's, which `fixtures/makeScores.py` wrote. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AverageScores, CalibrationBin, Interval } from '../protocol/report.js';
import { classificationReport, withClassificationIntervals } from './classificationReport.js';
import { mcnemar } from './mcnemar.js';
import { multiLabelReport } from './multiLabelReport.js';
import { argmax } from './probabilities.js';
import { regressionReport } from './regressionReport.js';
import { fitTemperature } from './temperature.js';

interface Case {
  name: string;
  classes: number;
  probabilities: number[][];
  accuracy: number;
  macroF1: number;
  averages: AverageScores;
  loss: number;
  brier: number;
  /** Of the bins that are not empty. */
  reliability: { counts: number[]; accuracies: number[]; confidences: number[]; ece: number };
  f1: number[];
  support: number[];
}
interface SingleLabel extends Case {
  labels: number[];
  resamples: number[][];
  intervals: Record<string, Interval>;
  precision: number[];
  recall: number[];
  confusion: number[][];
}
interface Regression {
  name: string;
  truth: number[];
  guesses: number[];
  mse: number;
  mae: number;
  r2: number | null;
  pearson: number | null;
  spearman: number | null;
}
interface Fixtures {
  singleLabel: SingleLabel[];
  multiLabel: (Case & { labels: number[][]; samplesF1: number })[];
  regression: Regression[];
  temperature: { name: string; logits: number[][]; labels: (number | number[])[]; temperature: number }[];
  mcnemar: { b: number; c: number; method: string; statistic?: number; p: number }[];
}

const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL('../../../trainer-core/scores/fixtures/scores.json', import.meta.url), 'utf8'),
);

function near(got: number | null | undefined, expected: number | null, limit = 1e-12): void {
  if (expected === null) assert.equal(got, null);
  else assert.ok(Math.abs(got! - expected) <= limit * Math.max(1, Math.abs(expected)), `${got}, ${expected}`);
}

function nearAverages(got: AverageScores | undefined, expected: AverageScores): void {
  for (const average of ['macro', 'micro', 'weighted'] as const)
    for (const score of ['precision', 'recall', 'f1'] as const) near(got?.[average][score], expected[average][score]);
}

function nearReliability(bins: readonly CalibrationBin[], expected: Case['reliability']): void {
  const filled = bins.filter(({ count }) => count > 0);
  assert.deepEqual(
    filled.map(({ count }) => count),
    expected.counts,
  );
  filled.forEach(({ accuracy, confidence }, i) => {
    near(accuracy, expected.accuracies[i]!);
    near(confidence, expected.confidences[i]!);
  });
}

const namesOf = (classes: number) => Array.from({ length: classes }, (_, id) => `class ${id}`);

for (const each of fixtures.singleLabel) {
  const examples = each.labels.map((label, i) => {
    return { line: i + 1, text: `text ${i}`, label, probabilities: each.probabilities[i]! };
  });

  test(`one class of several, as scikit-learn: ${each.name}`, () => {
    const report = classificationReport(namesOf(each.classes), examples);
    for (const figure of ['accuracy', 'macroF1', 'loss'] as const) near(report[figure], each[figure]);
    nearAverages(report.averages, each.averages);
    near(report.calibration?.brier, each.brier);
    near(report.calibration?.ece, each.reliability.ece);
    nearReliability(report.calibration!.bins, each.reliability);
    assert.deepEqual(report.confusion, each.confusion);
    report.classes.forEach(({ label, precision, recall, f1, support }, id) => {
      assert.equal(label, `class ${id}`);
      near(precision, each.precision[id]!);
      near(recall, each.recall[id]!);
      near(f1, each.f1[id]!);
      assert.equal(support, each.support[id]);
    });
    const wrong = each.labels.filter((label, i) => argmax(each.probabilities[i]!) !== label).length;
    assert.deepEqual([report.misread.length, report.misreadCount, report.examples], [wrong, wrong, examples.length]);
  });

  test(`bootstrap intervals of the same resamples, as scikit-learn and numpy: ${each.name}`, async () => {
    const { resamples } = each;
    const report = await withClassificationIntervals(classificationReport(namesOf(each.classes), examples), examples, {
      resamples: resamples.length,
      draw: (drawn, resample) => drawn.set(resamples[resample]!),
    });
    for (const [name, [low, high]] of Object.entries(each.intervals)) {
      near(report.intervals?.intervals[name]?.[0], low);
      near(report.intervals?.intervals[name]?.[1], high);
    }
  });
}

for (const each of fixtures.multiLabel) {
  test(`any number of classes, as scikit-learn: ${each.name}`, () => {
    const report = multiLabelReport(
      namesOf(each.classes),
      each.labels.map((labels, i) => {
        return {
          line: i + 1,
          text: `text ${i}`,
          label: labels[0] ?? -1,
          labels,
          probabilities: each.probabilities[i]!,
        };
      }),
    );
    for (const figure of ['accuracy', 'macroF1', 'samplesF1', 'loss'] as const) near(report[figure], each[figure]);
    nearAverages(report.averages, each.averages);
    near(report.calibration.brier, each.brier);
    near(report.calibration.ece, each.reliability.ece);
    nearReliability(report.calibration.bins, each.reliability);
    report.classes.forEach(({ f1, support }, id) => {
      near(f1, each.f1[id]!);
      assert.equal(support, each.support[id]);
    });
  });
}

for (const each of fixtures.regression) {
  test(`numbers, as scikit-learn and scipy: ${each.name}`, () => {
    const report = regressionReport(
      each.truth.map((label, i) => ({ line: i + 1, text: '', label, probabilities: [each.guesses[i]!] })),
    );
    for (const figure of ['mse', 'mae', 'r2', 'pearson', 'spearman'] as const) near(report[figure], each[figure]);
  });
}

for (const each of fixtures.temperature) {
  test(`the temperature with the least loss, as scipy finds it: ${each.name}`, () => {
    const examples = each.logits.map((logits, i) => ({ logits, label: each.labels[i]! }));
    near(fitTemperature(examples), each.temperature, 1e-9);
  });
}

test("McNemar's test, as scipy's binomtest and chi2", () => {
  for (const { b, c, method, statistic, p } of fixtures.mcnemar) {
    const first = [...Array<boolean>(b).fill(true), ...Array<boolean>(c).fill(false), true, false];
    const found = mcnemar(first, [...first.slice(0, b + c).map((right) => !right), true, false]);
    assert.deepEqual([found.b, found.c, found.method], [b, c, method]);
    near(found.statistic, statistic ?? null);
    assert.ok(Math.abs(found.p - p) <= 1e-11 * p, `${b}, ${c}: ${found.p}, ${p}`);
  }
});
