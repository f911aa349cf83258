import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Series } from '../../trainer-core/charts/series.js';
import { nearestStep, stepBeyond, stepsIn, valueAt } from './readOut.js';

const none = Number.NaN;
const a: Series = { steps: Float64Array.of(10, 20, 30), values: Float64Array.of(1, none, 3) };
const b: Series = { steps: Float64Array.of(25, 40), values: Float64Array.of(7, 8) };

describe('values at a step', () => {
  it('are those of the step or of the last one before it', () => {
    assert.deepEqual(
      [5, 10, 19, 20, 30, 99].map((step) => valueAt(a, step)),
      [none, 1, 1, 1, 3, 3],
    );
  });

  it('are asked for at the nearest step of any curve', () => {
    assert.deepEqual(
      [0, 23, 28, 34, 36].map((step) => nearestStep([a, b], step)),
      [10, 25, 30, 30, 40],
    );
    assert.equal(nearestStep([], 3), none);
  });

  it('are reached one after the other by the keyboard', () => {
    assert.deepEqual([stepBeyond([a, b], 20, 1, 1), stepBeyond([a, b], 30, -1, 1)], [25, 25]);
    assert.equal(stepBeyond([a, b], 20, 1, 12), 40);
    assert.equal(stepBeyond([a, b], 40, 1, 1), none);
  });

  it('are left out evenly when there are too many, but for the first and the last', () => {
    assert.deepEqual(stepsIn([a, b], 10, 40), [10, 20, 25, 30, 40]);
    assert.deepEqual(stepsIn([a, b], 11, 39), [20, 25, 30]);
    assert.deepEqual(stepsIn([a, b], 10, 40, 3), [10, 25, 40]);
  });
});
