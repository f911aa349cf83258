import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MetricsHistory, type SeriesKey } from './metricsHistory.js';

const step = (globalStep: number, losses: Record<string, number | null>, more = {}) =>
  `${JSON.stringify({ type: 'step', globalStep, losses, learningRate: 1e-3, tokensPerSecond: 100, ...more })}\n`;
const evaluated = (globalStep: number, metrics: Record<string, number>, split = 'dev') =>
  `${JSON.stringify({ type: 'evaluated', globalStep, epoch: 1, split, metrics, best: false })}\n`;
const started = (globalStep: number) => `${JSON.stringify({ type: 'started', globalStep })}\n`;

function historyOf(...lines: string[]): MetricsHistory {
  const history = new MetricsHistory();
  for (const line of lines) history.append(line);
  return history;
}

function points(history: MetricsHistory, key: SeriesKey): [number, number][] {
  const series = history.series(key);
  return series ? [...series.steps].map((at, index) => [at, series.values[index]!]) : [];
}

describe('MetricsHistory', () => {
  it('keeps each kind of value by its steps, with gaps where there was none', () => {
    const history = historyOf(
      step(1, { total: 5, ce: 3 }),
      step(2, { total: null }),
      step(4, { total: 3, ce: 1, cos: 9 }),
    );
    assert.deepEqual(points(history, 'total'), [
      [1, 5],
      [2, Number.NaN],
      [4, 3],
    ]);
    assert.deepEqual(points(history, 'ce'), [
      [1, 3],
      [2, Number.NaN],
      [4, 1],
    ]);
    assert.deepEqual(points(history, 'cos')[2], [4, 9]);
    assert.equal(history.series('mlm'), undefined);
    assert.equal(history.series('memoryBytes'), undefined);
    assert.equal(history.lastStep, 4);
  });

  it('keeps what a graphics card tells, and gaps where it told nothing', () => {
    const device = { memoryUsedBytes: 5e9, memoryTotalBytes: 12e9, utilization: 0.5 };
    const history = historyOf(step(1, { total: 5 }), step(2, { total: 4 }, { device }));
    assert.deepEqual(points(history, 'deviceMemoryBytes'), [
      [1, Number.NaN],
      [2, 5e9],
    ]);
    assert.deepEqual(points(history, 'deviceUtilization')[1], [2, 0.5]);
    history.append(step(3, { total: 3 }, { device: {} }));
    assert.deepEqual(points(history, 'deviceUtilization')[2], [3, Number.NaN]);
  });

  it('keeps what no curve shows, until the run goes back to before it', () => {
    const halved = `${JSON.stringify({ type: 'runsHalved', globalStep: 2, tokensPerRun: 512 })}\n`;
    const skipped = `${JSON.stringify({ type: 'checkpointSkipped', globalStep: 1, folder: '/r/step-000002', reason: 'x' })}\n`;
    const history = historyOf(step(1, { total: 5 }), step(2, { total: 4 }), halved, step(3, { total: 3 }));
    assert.deepEqual(
      history.remarks.map(({ type }) => type),
      ['runsHalved'],
    );
    const chosen = { type: 'precision', globalStep: 3, precision: 'fp32', reason: 'differs', microBatches: 8 };
    history.append(
      `${JSON.stringify(chosen)}\n${JSON.stringify({ type: 'lossScaleLow', globalStep: 3, lossScale: 0.5 })}\n`,
    );
    assert.deepEqual(
      history.remarks.map(({ type }) => type),
      ['runsHalved', 'precision', 'lossScaleLow'],
    );
    history.append(skipped + started(1));
    assert.deepEqual(
      history.remarks.map(({ type }) => type),
      ['checkpointSkipped'],
    );
  });

  it('passes over what is no event', () => {
    const history = historyOf(
      step(1, { total: 5 }),
      '{"type":"step","globalStep":2,"los\n',
      'null\n[]\n"x"\n\n',
      step(3, { total: 4 }),
    );
    assert.deepEqual(points(history, 'total'), [
      [1, 5],
      [3, 4],
    ]);
  });

  it('takes the later one of repeated steps and drops what came after it', () => {
    const history = historyOf(
      ...[1, 2, 3, 4].map((at) => step(at, { total: at })),
      evaluated(2, { loss: 2 }),
      evaluated(4, { loss: 4 }),
    );
    const { version } = history;
    history.append(step(3, { total: 30 }));
    assert.notEqual(history.version, version);
    assert.deepEqual(points(history, 'total'), [
      [1, 1],
      [2, 2],
      [3, 30],
    ]);
    assert.deepEqual(points(history, 'devLoss'), [[2, 2]]);
    assert.deepEqual(
      history.evaluations.map(({ globalStep }) => globalStep),
      [2],
    );
  });

  it('goes back where a resumed run starts, and not for a new run', () => {
    const history = historyOf(
      started(0),
      step(1, { total: 1 }),
      step(2, { total: 2 }),
      step(3, { total: 3 }),
      started(2),
    );
    assert.deepEqual(points(history, 'total'), [
      [1, 1],
      [2, 2],
    ]);
    const { version } = history;
    history.append(step(3, { total: 33 }));
    assert.equal(history.version, version);
  });

  it('draws scores on dev only, and takes the later of two evaluations of a step', () => {
    const history = historyOf(
      evaluated(10, { loss: 1, accuracy: 0.5, macroF1: 0.4 }),
      evaluated(20, { loss: 0.8 }),
      evaluated(20, { loss: 0.7, accuracy: 0.6 }),
      evaluated(20, { loss: 9 }, 'test'),
    );
    assert.deepEqual(points(history, 'devLoss'), [
      [10, 1],
      [20, 0.7],
    ]);
    assert.deepEqual(points(history, 'accuracy'), [
      [10, 0.5],
      [20, 0.6],
    ]);
    assert.deepEqual(points(history, 'macroF1'), [
      [10, 0.4],
      [20, Number.NaN],
    ]);
    assert.deepEqual(
      history.evaluations.map(({ split, globalStep }) => [split, globalStep]),
      [
        ['dev', 10],
        ['dev', 20],
        ['test', 20],
      ],
    );
  });
});
