import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClassificationReport } from '../protocol/report.js';
import { runScalars } from './runScalars.js';

test("a step: distiller.py's tags, and ours in its manner", () => {
  const scalars = runScalars({
    type: 'step',
    globalStep: 20,
    totalSteps: 100,
    epoch: 0.5,
    losses: { total: 9, ce: 1.5, mlm: 2, clm: 3, mse: 4, cos: 0.25, hidden: 6, attention: 7, relation: 8 },
    epochLoss: 10,
    learningRate: 1e-4,
    gradNorm: 2.5,
    tokensPerSecond: 1000,
    secondsLeft: 60,
    seconds: 7,
    memoryBytes: 2_500_000_000,
    device: { memoryUsedBytes: 5_100_000_000, memoryTotalBytes: 12_000_000_000, utilization: 0.97 },
  });
  assert.deepEqual(scalars, [
    ['losses/cum_avg_loss_epoch', 10],
    ['losses/loss', 9],
    ['losses/loss_ce', 1.5],
    ['losses/loss_mlm', 2],
    ['losses/loss_clm', 3],
    ['losses/loss_mse', 4],
    ['losses/loss_cos', 0.25],
    ['losses/loss_hidden', 6],
    ['losses/loss_attention', 7],
    ['losses/loss_relation', 8],
    ['learning_rate/lr', 1e-4],
    ['global/memory_usage', 2500],
    ['global/device_memory_usage', 5100],
    ['global/device_utilization', 0.97],
    ['global/speed', 7],
    ['global/grad_norm', 2.5],
    ['global/tokens_per_second', 1000],
    ['global/epoch', 0.5],
    ['global/seconds_left', 60],
  ]);
});

test('the end of an epoch, and scores with the F1 of each class', () => {
  assert.deepEqual(runScalars({ type: 'epoch', globalStep: 9, epoch: 1, loss: 3 }), [['epoch/loss', 3]]);
  const event = { type: 'evaluated', globalStep: 9, epoch: 1, best: true } as const;
  assert.deepEqual(runScalars({ ...event, split: 'dev', metrics: { perplexity: 30 } }), [
    ['validation/perplexity', 30],
  ]);
  const report = { classes: [{ label: '映画', f1: 0.75 }] } as ClassificationReport;
  assert.deepEqual(runScalars({ ...event, split: 'test', metrics: { accuracy: 0.5 }, report }), [
    ['test/accuracy', 0.5],
    ['test_f1/映画', 0.75],
  ]);
});

test('other events have none', () => {
  assert.deepEqual(runScalars({ type: 'checkpoint', globalStep: 9, folder: 'f' }), []);
});
