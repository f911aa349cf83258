import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { classificationReport } from './classificationReport.js';
import { multiLabelReport } from './multiLabelReport.js';
import { argmax, sigmoid, softmax } from './probabilities.js';
import { regressionReport } from './regressionReport.js';
import type { ScoredExample } from './scoredExample.js';

const near = (got: number, expected: number) => assert.ok(Math.abs(got - expected) < 1e-12, `${got}, ${expected}`);

const NAMES = ['class 0', 'class 1'];
const example = (label: number, probabilities: number[], line = 1): ScoredExample => {
  return { line, text: `text ${line}`, label, probabilities };
};

test('misread examples come in file order with what was thought of them and where they stand', () => {
  const examples = [example(0, [0.4, 0.6], 1), example(0, [0.9, 0.1], 2), example(1, [0.7, 0.3], 3)];
  assert.deepEqual(classificationReport(NAMES, examples).misread, [
    { line: 1, text: 'text 1', label: 'class 0', predicted: 'class 1', score: 0.6 },
    { line: 3, text: 'text 3', label: 'class 1', predicted: 'class 0', score: 0.7 },
  ]);
  const pair = { ...example(1, [0.7, 0.3], 9), file: 'pairs.tsv', second: '二つ目' };
  assert.deepEqual(classificationReport(NAMES, [pair]).misread, [
    { file: 'pairs.tsv', line: 9, text: 'text 9 ⏐ 二つ目', label: 'class 1', predicted: 'class 0', score: 0.7 },
  ]);
});

test('no example, and a true class of probability 0, still give numbers', () => {
  const empty = classificationReport(NAMES, []);
  assert.deepEqual([empty.accuracy, empty.macroF1, empty.loss, empty.calibration?.ece], [0, 0, 0, 0]);
  assert.ok(Number.isFinite(classificationReport(NAMES, [example(0, [0, 1])]).loss));
  assert.deepEqual(multiLabelReport(NAMES, []).averages.micro, { precision: 0, recall: 0, f1: 0 });
  assert.deepEqual([regressionReport([]).mse, regressionReport([]).pearson], [0, null]);
});

/** Examples of `classes` classes; each reads as its class has it or not, at random. */
function madeUp(random: Random, count: number, classes: number): ScoredExample[] {
  return Array.from({ length: count }, (_, line) => {
    const label = random.below(classes);
    const scores = Array.from({ length: classes }, (_, id) => random.normal() + (id === label ? 1 : 0));
    const probabilities = softmax(scores);
    return { line, text: String(line), label, labels: probabilities[0]! > 0.3 ? [label] : [], probabilities };
  });
}

test('whatever the examples: counts sum up, micro-F1 is the accuracy, and their order changes nothing', () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = Random.fromSeed(seed);
    const [count, classes] = [1 + random.below(60), 2 + random.below(6)];
    const labels = Array.from({ length: classes }, (_, id) => `${id}`);
    const examples = madeUp(random, count, classes);
    const report = classificationReport(labels, examples);
    const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
    report.confusion.forEach((row, id) => {
      assert.equal(total(row), report.classes[id]?.support);
    });
    assert.equal(total(report.confusion.flat()), count);
    assert.equal(total(report.calibration!.bins.map((bin) => bin.count)), count);
    const right = total(report.confusion.map((row, id) => row[id]!));
    near(report.accuracy, right / count);
    assert.equal(report.misread.length, count - right);
    const { micro, weighted } = report.averages!;
    near(micro.f1, report.accuracy);
    near(micro.precision, report.accuracy);
    near(weighted.recall, report.accuracy);

    const turned = random.shuffle([...examples]);
    for (const [a, b] of [
      [report, classificationReport(labels, turned)],
      [multiLabelReport(labels, examples), multiLabelReport(labels, turned)],
    ] as const) {
      near(a.accuracy, b.accuracy);
      near(a.macroF1, b.macroF1);
      near(a.loss, b.loss);
      near(a.calibration!.ece, b.calibration!.ece);
      near(a.calibration!.brier, b.calibration!.brier);
      assert.deepEqual(a.classes, b.classes);
    }
  }
});

test('examples that are right as often as the model is sure have next to no calibration error, overconfident ones have', () => {
  const random = Random.fromSeed(1);
  const examples = (sharpen: number) =>
    Array.from({ length: 20_000 }, (_, line) => {
      const honest = softmax([0, 1, 2, 3].map(() => 1.5 * random.normal()));
      let at = random.float();
      const label = Math.max(
        0,
        honest.findIndex((probability) => {
          at -= probability;
          return at < 0;
        }),
      );
      const logits = honest.map((probability) => Math.log(probability) * sharpen);
      return { line, text: '', label, probabilities: softmax(logits) };
    });
  const eceOf = (sharpen: number) => classificationReport(['a', 'b', 'c', 'd'], examples(sharpen)).calibration!.ece;
  assert.ok(eceOf(1) < 0.015, `${eceOf(1)}`);
  assert.ok(eceOf(3) > 0.15, `${eceOf(3)}`);
});

test('numbers furthest off come first', () => {
  const found = regressionReport([
    { line: 1, text: 'a', label: 1, probabilities: [1.1] },
    { line: 2, text: 'b', label: 1, probabilities: [-3] },
  ]).furthest;
  assert.deepEqual(found[0], { line: 2, text: 'b', truth: 1, predicted: -3 });
});

test('of equal scores the first wins', () => {
  assert.equal(argmax([1, 3, 3]), 1);
  assert.equal(argmax([Number.NEGATIVE_INFINITY, -1]), 1);
});

test('probabilities sum to 1, also for scores that would overflow; a temperature makes them more even', () => {
  const ordinary = softmax([1, 2, 3]);
  near(ordinary[2]!, Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
  for (const scores of [
    [1000, 999, -1000],
    [-1e6, -1e6],
    [0, 0, 0],
  ])
    near(
      softmax(scores).reduce((sum, x) => sum + x, 0),
      1,
    );
  near(softmax([2, 4], 2)[1]!, softmax([1, 2])[1]!);
  near(sigmoid([2], 2)[0]!, 1 / (1 + Math.exp(-1)));
  assert.deepEqual([...sigmoid([-1e6, 1e6])], [0, 1]);
});
