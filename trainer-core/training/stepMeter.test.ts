import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StepMeter } from './stepMeter.js';

const figures = (total: number) => ({
  losses: { total, mlm: total / 2 },
  tokens: 10,
  learningRate: total,
  gradNorm: 2,
});

test('means are over the steps since the last report; the rate is the last one', () => {
  const meter = new StepMeter();
  meter.add(figures(1));
  meter.add(figures(4));
  const { losses, learningRate, gradNorm, tokensPerSecond, secondsPerStep } = meter.take();
  assert.deepEqual([losses, learningRate, gradNorm], [{ total: 2.5, mlm: 1.25 }, 4, 2]);
  assert.ok(Math.abs(tokensPerSecond * secondsPerStep - 10) < 1e-9);
  meter.add(figures(7));
  assert.equal(meter.take().losses.total, 7);
});

test('a meter goes on from what another had taken in, through JSON', () => {
  const first = new StepMeter();
  first.add(figures(1 / 3));
  const second = new StepMeter(JSON.parse(JSON.stringify(first.state)));
  first.add(figures(2));
  second.add(figures(2));
  assert.deepEqual(second.take().losses, first.take().losses);
  const third = new StepMeter({ steps: [figures(1)], seconds: 100 });
  assert.ok(third.take().secondsPerStep >= 100);
});
