import assert from 'node:assert/strict';
import { test } from 'node:test';
import { softmax } from '../scores/probabilities.js';
import { logOdds, logOddsGradient } from './logOdds.js';

const CLASSES = 'single_label_classification';
const LOGITS = [1.5, -0.3, 0.8, 2.1];

test('log-odds are ln(p / (1 - p)), and level off nowhere', () => {
  LOGITS.forEach((_, c) => {
    const p = softmax(LOGITS)[c]!;
    assert.ok(Math.abs(logOdds(LOGITS, c, CLASSES) - Math.log(p / (1 - p))) < 1e-12);
  });
  assert.equal(logOdds([1000, 0], 0, CLASSES), 1000);
  assert.equal(logOdds([1000, 0], 1, CLASSES), -1000);
});

test('the derivative is that of finite differences', () => {
  const h = 1e-5;
  LOGITS.forEach((_, target) => {
    const gradient = logOddsGradient(LOGITS, target, CLASSES);
    LOGITS.forEach((_, c) => {
      const moved = (by: number) => LOGITS.map((z, j) => (j === c ? z + by : z));
      const slope = (logOdds(moved(h), target, CLASSES) - logOdds(moved(-h), target, CLASSES)) / (2 * h);
      assert.ok(Math.abs(gradient[c]! - slope) < 1e-8, `${c}: ${gradient[c]} and ${slope}`);
    });
  });
});

test('of labels that stand by themselves, and of a number, it is the logit', () => {
  for (const problemType of ['multi_label_classification', 'regression'] as const) {
    assert.equal(logOdds(LOGITS, 2, problemType), 0.8);
    assert.deepEqual(logOddsGradient([0.7], 0, problemType), [1]);
    assert.ok(logOddsGradient(LOGITS, 2, problemType).every((slope, c) => Math.abs(slope) === (c === 2 ? 1 : 0)));
  }
});
