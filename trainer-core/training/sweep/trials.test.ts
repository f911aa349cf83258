import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SweepConfigInput, sweepConfig } from '../../protocol/sweepConfig.js';
import { trialsOf } from './trials.js';

const trials = (config: Omit<SweepConfigInput, 'base'>) =>
  trialsOf(sweepConfig.parse({ base: 'x.finetune.json', ...config }));

test('a grid is every combination of its values, named by them', () => {
  const all = trials({ grid: { learningRate: [1e-4, 5e-5], batchSize: [16, 32] } });
  assert.deepEqual(
    all.map(({ settings }) => settings),
    [
      { learningRate: 1e-4, batchSize: 16 },
      { learningRate: 5e-5, batchSize: 16 },
      { learningRate: 1e-4, batchSize: 32 },
      { learningRate: 5e-5, batchSize: 32 },
    ],
  );
  assert.equal(all[0]!.name, 'batchSize-16_learningRate-0.0001');
  assert.equal(new Set(all.map(({ name }) => name)).size, 4);
});

test('the same combination twice is one; different ones whose names would be the same are told apart', () => {
  assert.equal(trials({ grid: { batchSize: [16, 16] } }).length, 1);
  const [a, b] = trials({ grid: { model: ['/a/student', '/b/student'] } });
  assert.match(a!.name, /^model-student-[0-9a-f]{8}$/);
  assert.notEqual(a!.name, b!.name);
});

test('drawn values lie within their range, whole where the setting is, and stay the same when more are drawn', () => {
  const random = {
    learningRate: { from: 1e-5, to: 1e-3, scale: 'log' },
    batchSize: { from: 8, to: 11 },
    warmupProportion: [0, 0.1],
  } as const;
  const some = trials({ random: { ...random, warmupProportion: [0, 0.1] }, trials: 20 });
  const more = trials({ random: { ...random, warmupProportion: [0, 0.1] }, trials: 400 });
  assert.deepEqual(more.slice(0, some.length), some);
  const column = (key: string) => more.map(({ settings }) => settings[key] as number);
  const rates = column('learningRate');
  assert.ok(rates.every((rate) => rate >= 1e-5 && rate <= 1e-3));
  // On a log scale half of them lie below the geometric mean.
  const low = rates.filter((rate) => rate < 1e-4).length;
  assert.ok(low > 160 && low < 240, String(low));
  assert.deepEqual([...new Set(column('batchSize'))].sort(), [10, 11, 8, 9]);
  assert.deepEqual([...new Set(column('warmupProportion'))].sort(), [0, 0.1]);
  assert.notDeepEqual(
    trials({ random: { batchSize: { from: 1, to: 99 } }, drawSeed: 1 }),
    trials({ random: { batchSize: { from: 1, to: 99 } } }),
  );
});
