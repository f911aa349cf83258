import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SeriesKey } from '../metrics/metricsHistory.js';
import { planCharts } from './chartPlan.js';

const distilled = { folder: '/d', keys: new Set<SeriesKey>(['total', 'ce', 'cos', 'learningRate']) };
const finetuned = {
  folder: '/f',
  keys: new Set<SeriesKey>(['total', 'devLoss', 'accuracy', 'macroF1', 'learningRate']),
};
const inShort = (plans: ReturnType<typeof planCharts>) =>
  plans.map(
    ({ id, curves }) => `${id}: ${curves.map(({ folder, key, style }) => `${folder} ${key} ${style}`).join(', ')}`,
  );

describe('planCharts', () => {
  it('puts the losses of one run into one chart, each in a style that stays when others are hidden', () => {
    assert.deepEqual(inShort(planCharts([distilled], new Set())), [
      'losses: /d total 0, /d ce 1, /d cos 2',
      'learningRate: /d learningRate 0',
    ]);
    const [losses] = planCharts([distilled], new Set<SeriesKey>(['ce']));
    assert.deepEqual(losses?.keys, ['total', 'ce', 'cos']);
    assert.deepEqual(
      losses?.curves.map(({ key, style }) => [key, style]),
      [
        ['total', 0],
        ['cos', 2],
      ],
    );
  });

  it('puts several runs over each other, a chart for each kind of value', () => {
    assert.deepEqual(inShort(planCharts([distilled, finetuned], new Set<SeriesKey>(['cos', 'accuracy']))), [
      'total: /d total 0, /f total 1',
      'ce: /d ce 0',
      'devLoss: /f devLoss 1',
      'macroF1: /f macroF1 1',
      'learningRate: /d learningRate 0, /f learningRate 1',
    ]);
  });

  it('adds charts of a graphics card only for runs on one', () => {
    const onGpu = {
      folder: '/g',
      keys: new Set<SeriesKey>([...distilled.keys, 'deviceMemoryBytes', 'deviceUtilization']),
    };
    assert.deepEqual(
      planCharts([distilled, onGpu], new Set())
        .slice(-3)
        .map(({ id, size, curves }) => `${id} ${size} ${curves.length}`),
      ['learningRate small 2', 'deviceMemoryBytes small 1', 'deviceUtilization small 1'],
    );
  });

  it('has no charts for no runs', () => {
    assert.deepEqual(planCharts([], new Set()), []);
  });
});
