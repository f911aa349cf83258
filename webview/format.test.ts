import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bytes, clock, learningRate, seriesValue, shortPercent, tickLabel } from './format.js';

it('writes times, sizes and rates', () => {
  assert.deepEqual([0, 59.6, 61, 3725, 90_000].map(clock), ['0:00', '1:00', '1:01', '1:02:05', '25:00:00']);
  assert.deepEqual([512, 3e6, 2.5e9].map(bytes), ['512 byte', '3 MB', '2.50 GB']);
  assert.deepEqual([0, 0.000336, 0.0512, 0.9967, 1].map(shortPercent), ['0%', '0.034%', '5.1%', '99.7%', '100.0%']);
  assert.deepEqual([0, 5e-4, 1.234e-5, 0.1, 1e-10].map(learningRate), ['0', '5e-4', '1.23e-5', '1e-1', '1e-10']);
});

it('writes values of curves in their units', () => {
  assert.equal(seriesValue('total', 12.34567), '12.35');
  assert.equal(seriesValue('total', 0.000123), '0.0001230');
  assert.equal(seriesValue('macroF1', 0.7544), '75.4%');
  assert.equal(seriesValue('tokensPerSecond', 3121.7), '3,122');
  assert.equal(seriesValue('deviceMemoryBytes', 5.1e9), '5.10 GB');
  assert.equal(seriesValue('deviceUtilization', 0.973), '97%');
  assert.equal(seriesValue('ce', Number.NaN), '–');
  assert.equal(tickLabel('step', 100_000), '100K');
  assert.equal(tickLabel('total', 0.25), '0.25');
});
