import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Evaluation } from '../metrics/metricsHistory.js';
import { chosenEvaluation, reportedEvaluations } from './chooseEvaluation.js';

const report = { accuracy: 1, macroF1: 1, loss: 0, classes: [], confusion: [], misread: [] };
const evaluation = (split: 'dev' | 'test', globalStep: number, withReport = true): Evaluation => ({
  type: 'evaluated',
  globalStep,
  epoch: 1,
  split,
  metrics: {},
  best: false,
  ...(withReport ? { report } : {}),
});

it('shows the last evaluation with tables, or the one that was chosen, or the last of its data', () => {
  const reported = reportedEvaluations([
    evaluation('dev', 1),
    evaluation('dev', 2),
    evaluation('dev', 3, false),
    evaluation('test', 3),
  ]);
  const chosen = (state: Parameters<typeof chosenEvaluation>[1]) => {
    const found = chosenEvaluation(reported, state);
    return found && [found.split, found.globalStep];
  };
  assert.deepEqual(chosen(null), ['test', 3]);
  assert.deepEqual(chosen({ split: 'dev', globalStep: 1 }), ['dev', 1]);
  assert.deepEqual(chosen({ split: 'dev', globalStep: null }), ['dev', 2]);
  assert.deepEqual(chosen({ split: 'dev', globalStep: 99 }), ['dev', 2]);
  assert.equal(chosenEvaluation([], null), undefined);
});
