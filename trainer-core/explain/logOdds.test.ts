import assert from 'node:assert/strict';
import { test } from 'node:test';
import { softmax } from '../scores/probabilities.js';
import { logOdds, logOddsGradient } from './logOdds.js';

const LOGITS = [1.5, -0.3, 0.8, 2.1];

test('log-odds are ln(p / (1 - p)), and level off nowhere', () => {
  LOGITS.forEach((_, c) => {
    const p = softmax(LOGITS)[c]!;
    assert.ok(Math.abs(logOdds(LOGITS, c) - Math.log(p / (1 - p))) < 1e-12);
  });
  assert.equal(logOdds([1000, 0], 0), 1000);
  assert.equal(logOdds([1000, 0], 1), -1000);
  assert.equal(logOdds([0.7], 0), 0.7);
});

test('the derivative is that of finite differences', () => {
  const h = 1e-5;
  LOGITS.forEach((_, target) => {
    const gradient = logOddsGradient(LOGITS, target);
    LOGITS.forEach((_, c) => {
      const moved = (by: number) => LOGITS.map((z, j) => (j === c ? z + by : z));
      const slope = (logOdds(moved(h), target) - logOdds(moved(-h), target)) / (2 * h);
      assert.ok(Math.abs(gradient[c]! - slope) < 1e-8, `${c}: ${gradient[c]} and ${slope}`);
    });
  });
  assert.deepEqual(logOddsGradient([0.7], 0), [1]);
});
