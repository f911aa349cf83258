import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { argmax, classificationReport, softmax } from './scores.js';

/** What `fixtures/makeScores.py` wrote. */
interface Case {
  name: string;
  classes: number;
  labels: number[];
  probabilities: number[][];
  accuracy: number;
  macroF1: number;
  loss: number;
  precision: number[];
  recall: number[];
  f1: number[];
  support: number[];
  confusion: number[][];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../../trainer-core/classify/fixtures/scores.json', import.meta.url), 'utf8'),
);

const near = (got: number, expected: number) => assert.ok(Math.abs(got - expected) < 1e-12, `${got}, ${expected}`);

function reportOf({ classes, labels, probabilities }: Pick<Case, 'classes' | 'labels' | 'probabilities'>) {
  const names = Array.from({ length: classes }, (_, id) => `class ${id}`);
  const examples = labels.map((label, i) => {
    return { line: i + 1, text: `text ${i}`, label, probabilities: probabilities[i] as number[] };
  });
  return classificationReport(names, examples);
}

for (const each of cases) {
  test(`the report agrees with scikit-learn: ${each.name}`, () => {
    const report = reportOf(each);
    near(report.accuracy, each.accuracy);
    near(report.macroF1, each.macroF1);
    near(report.loss, each.loss);
    assert.deepEqual(report.confusion, each.confusion);
    report.classes.forEach(({ label, precision, recall, f1, support }, id) => {
      assert.equal(label, `class ${id}`);
      near(precision, each.precision[id] as number);
      near(recall, each.recall[id] as number);
      near(f1, each.f1[id] as number);
      assert.equal(support, each.support[id]);
    });
    const wrong = each.labels.filter((label, i) => argmax(each.probabilities[i] as number[]) !== label).length;
    assert.equal(report.misread.length, wrong);
  });
}

test('misread examples come in file order with what was thought of them', () => {
  const probabilities = [
    [0.4, 0.6],
    [0.9, 0.1],
    [0.7, 0.3],
  ];
  assert.deepEqual(reportOf({ classes: 2, labels: [0, 0, 1], probabilities }).misread, [
    { line: 1, text: 'text 0', label: 'class 0', predicted: 'class 1', score: 0.6 },
    { line: 3, text: 'text 2', label: 'class 1', predicted: 'class 0', score: 0.7 },
  ]);
});

test('no example, and a true class of probability 0, still give numbers', () => {
  const empty = reportOf({ classes: 2, labels: [], probabilities: [] });
  assert.deepEqual([empty.accuracy, empty.macroF1, empty.loss], [0, 0, 0]);
  assert.ok(Number.isFinite(reportOf({ classes: 2, labels: [0], probabilities: [[0, 1]] }).loss));
});

test('of equal scores the first wins', () => {
  assert.equal(argmax([1, 3, 3]), 1);
  assert.equal(argmax([Number.NEGATIVE_INFINITY, -1]), 1);
});

test('probabilities sum to 1, also for scores that would overflow', () => {
  const ordinary = softmax([1, 2, 3]);
  near(ordinary[2] as number, Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
  for (const scores of [
    [1000, 999, -1000],
    [-1e6, -1e6],
    [0, 0, 0],
  ])
    near(
      softmax(scores).reduce((sum, x) => sum + x, 0),
      1,
    );
});
