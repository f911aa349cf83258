import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankedBy, summarize, summaryTable } from './summary.js';
import type { Ended } from './sweepResult.js';

const ended = (dev: Record<string, number> | null, more: Partial<Ended> = {}): Ended => ({
  status: 'finished',
  dev,
  test: null,
  bestEpoch: 2,
  seconds: 10,
  ...more,
});
const trial = (batchSize: number) => ({ name: `batchSize-${batchSize}`, settings: { batchSize } });

test('the best mean comes first; a combination that diverged once has no score; what is not done comes last', () => {
  const summary = summarize('macroF1', 8, [
    { trial: trial(8), ended: [ended({ macroF1: 0.5 }), ended({ macroF1: 0.7 })] },
    { trial: trial(16), ended: [ended({ macroF1: 0.99 }), ended(null, { status: 'failed' })] },
    { trial: trial(32), ended: [ended({ macroF1: 0.65 })] },
    { trial: trial(64), ended: [] },
  ]);
  assert.deepEqual(
    summary.rows.map(({ settings, runs, failed }) => [settings.batchSize, runs, failed]),
    [
      [32, 1, 0],
      [8, 2, 0],
      [16, 2, 1],
      [64, 0, 0],
    ],
  );
  const [, second] = summary.rows;
  assert.ok(Math.abs(second!.dev!.mean - 0.6) < 1e-12);
  assert.ok(Math.abs(second!.dev!.deviation! - Math.sqrt(0.02)) < 1e-12);
  assert.deepEqual([summary.done, summary.total], [5, 8]);
  const heads = { runs: 'runs', dev: 'dev', test: 'test', bestEpoch: 'epoch', failed: 'diverged' };
  assert.deepEqual(
    summaryTable(summary, heads, ({ mean }) => mean.toFixed(2)),
    [
      ['batchSize', 'runs', 'dev macroF1', 'epoch'],
      ['32', '1', '0.65', '2'],
      ['8', '2', '0.60', '2'],
      ['16', '2', 'diverged', '2'],
      ['64', '0', '-', '-'],
    ],
  );
});

test('of squared errors the least is best', () => {
  assert.equal(rankedBy({ problemType: 'regression', metric: 'macro-f1' }), 'mse');
  const results = [0.9, 0.2].map((mse, i) => ({ trial: trial(i), ended: [ended({ mse })] }));
  assert.deepEqual(
    summarize('mse', 2, results).rows.map(({ dev }) => dev!.mean),
    [0.2, 0.9],
  );
});
