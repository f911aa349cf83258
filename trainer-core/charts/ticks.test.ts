import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linearTicks, logTicks } from './ticks.js';

describe('ticks', () => {
  it('are round numbers within the range', () => {
    assert.deepEqual(linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(linearTicks(1, 2400, 5), [500, 1000, 1500, 2000]);
    assert.deepEqual(linearTicks(-3, 3, 3), [-2, 0, 2]);
    assert.deepEqual(linearTicks(5, 5, 4), [5]);
  });

  it('are powers of ten on a logarithmic scale, with 2 and 5 when there is room', () => {
    assert.deepEqual(logTicks(0.5, 30, 6), [0.5, 1, 2, 5, 10, 20]);
    assert.deepEqual(logTicks(1e-6, 1e3, 5), [1e-6, 1e-4, 1e-2, 1, 100]);
    assert.deepEqual(logTicks(1.1, 1.4, 3), [1.1, 1.2, 1.3, 1.4]);
  });
});
