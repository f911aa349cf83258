import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { duration, figure, fractionDone, grouped, memory, percent } from './runFigures.js';

it('says how far a run is, and never that it is done before it is', () => {
  const run = (globalStep: number, totalSteps: number | null) => ({ globalStep, totalSteps }) as RunSummary;
  assert.equal(fractionDone(run(5, null)), null);
  assert.equal(fractionDone(run(1, 4)), 0.25);
  assert.equal(percent(0.4351, 'en'), '43%');
  assert.equal(percent(0.9999, 'ja'), '99%');
  assert.equal(percent(1, 'en'), '100%');
  // In floating point 0.29 * 100 is below 29.
  assert.equal(percent(29 / 100, 'en'), '29%');
});

it('gives times in the units that matter, in the language asked for', () => {
  const said = (seconds: number) => duration(seconds, 'en');
  assert.deepEqual([0, 42.4, 60, 150, 3600, 3900, 90_000, 700_000].map(said), [
    '0 sec',
    '42 sec',
    '1 min',
    '2 min',
    '1 hr',
    '1 hr 5 min',
    '1 day 1 hr',
    '8 days 2 hr',
  ]);
  assert.equal(duration(7500, 'ja'), '2 時間 5 分');
});

it('gives memory, counts and scores', () => {
  assert.equal(memory(1_240_000_000, 'en'), '1.2 GB');
  assert.equal(memory(340_400_000, 'en'), '340 MB');
  assert.equal(grouped(12_345.4, 'en'), '12,345');
  assert.equal(figure(0.903_42, 'en'), '0.9034');
});
