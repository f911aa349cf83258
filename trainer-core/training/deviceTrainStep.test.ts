import assert from 'node:assert/strict';
import { test } from 'node:test';
import { config, examples, runOf, still } from '../../test/support/classifierRuns.js';
import { classifierWeights } from '../../test/support/tinyModels.js';
import { INITIAL_LOSS_SCALE } from '../optim/lossScale.js';
import { cpuDevice } from '../runtime/devices.js';
import { scalar } from '../runtime/hostTensor.js';
import { classifierLosses } from './classifierLosses.js';
import { DeviceTrainStep } from './deviceTrainStep.js';
import { HostTrainStep } from './hostTrainStep.js';
import { isFiniteResult, type Run, type StepResult, type TrainStep } from './trainStep.js';

const ADAMW = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 0.5 };

/** The two kinds of steps for one model, both on the processor. */
async function both(rateOf?: (name: string) => number): Promise<{ host: TrainStep; device: TrainStep }> {
  const options = () => {
    const { graph, total } = classifierLosses(rateOf ? still : config, null);
    const weights = classifierWeights(config);
    return {
      ...{ graph, loss: total, reported: { total }, weights, adamw: ADAMW, accumulate: true, threads: 1 },
      ...(rateOf && { rateOf }),
    };
  };
  return {
    host: await HostTrainStep.create(options()),
    device: await DeviceTrainStep.create(options(), cpuDevice(1)),
  };
}

const RATE = 0.01;

/** Steps of two runs each. */
async function train(step: TrainStep, steps: number, from = 0): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let i = from; i < from + steps; i++) {
    await step.accumulate(runOf(examples.slice(0, 4), 6), 1, 2 * i);
    await step.accumulate(runOf(examples.slice(4), 6), 1, 2 * i + 1);
    results.push(...(await step.update(RATE)));
  }
  return [...results, ...(await step.results())];
}

/** The greatest difference of weights and moments. A key's bias has no slope: its gradient is rounding, which AdamW makes large. */
function difference(a: TrainStep, b: TrainStep): number {
  let most = 0;
  for (const block of ['values', 'm', 'v'] as const) {
    const others = b.store.views(b.store[block]);
    for (const [name, { data }] of a.store.views(a.store[block])) {
      if (name.endsWith('k_lin.bias')) continue;
      data.forEach((x, i) => {
        most = Math.max(most, Math.abs(x - (others.get(name)?.data[i] as number)));
      });
    }
  }
  return most;
}

function assertNear(got: readonly StepResult[], expected: readonly StepResult[]): void {
  assert.equal(got.length, expected.length);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-5 * Math.abs(b), `${a} instead of ${b}`);
  for (const [i, { runs, gradNorm }] of expected.entries()) {
    near((got[i] as StepResult).gradNorm, gradNorm);
    runs.forEach((run, k) => {
      near(got[i]?.runs[k]?.total as number, run.total as number);
    });
  }
}

for (const [what, rateOf] of [
  ['with dropout and decay', undefined],
  ['at rates by weight', (name: string) => (name.includes('layer.0') ? 0.25 : 1)],
] as const) {
  test(`steps on a device are those of the host, ${what}`, async () => {
    const { host, device } = await both(rateOf);
    const [expected, got] = [await train(host, 6), await train(device, 6)];
    assertNear(got, expected);
    assert.ok((expected.at(-1) as StepResult).gradNorm > ADAMW.maxGradNorm, 'gradients have to be clipped here');
    const before = host.store.values.slice();
    await device.pull();
    assert.ok(difference(device, host) < 1e-6, `${difference(device, host)}`);
    await train(host, 1, 6);
    assert.ok(
      host.store.values.some((x, i) => Math.abs(x - (before[i] as number)) > 1e-3),
      'weights move',
    );
    await Promise.all([host.dispose(), device.dispose()]);
  });
}

test('gradients, norm and scalars of the step at hand can be read, and it can be begun anew', async () => {
  const { host, device } = await both();
  for (const step of [host, device]) {
    await step.accumulate(runOf(examples.slice(0, 2), 6), 1, 9);
    step.discard();
    await step.accumulate(runOf(examples), 1, 1);
  }
  assert.ok(Math.abs((await device.gradientNorm()) - (await host.gradientNorm())) < 1e-5);
  const got = await device.gradients();
  for (const [name, { data }] of await host.gradients())
    for (const [i, x] of data.entries()) assert.ok(Math.abs(x - (got.get(name)?.data[i] as number)) < 1e-6, name);
  assertNear([{ runs: await device.reported(), gradNorm: 0 }], [{ runs: await host.reported(), gradNorm: 0 }]);
  await Promise.all([host.dispose(), device.dispose()]);
});

test('weights put into the store are taken over', async () => {
  const { host, device } = await both();
  await train(host, 3);
  device.store.values.set(host.store.values);
  device.store.m.set(host.store.m);
  device.store.v.set(host.store.v);
  device.step = host.step;
  await device.push();
  assertNear(await train(device, 2, 3), await train(host, 2, 3));
  await Promise.all([host.dispose(), device.dispose()]);
});

test('a step that is not finite moves nothing, nor do those after it', async () => {
  const { device } = await both();
  await train(device, 1);
  await device.pull();
  const blocks = ['values', 'm', 'v'] as const;
  const before = blocks.map((block) => device.store[block].slice());
  const run = runOf(examples);
  const broken: Run = {
    feeds: { ...run.feeds, labelsWeight: { dims: [6, 1], data: new Float32Array(6).fill(Number.POSITIVE_INFINITY) } },
  };
  await device.accumulate(broken, 1, 0);
  const results = [...(await device.update(RATE)), ...(await train(device, 1, 1))];
  assert.ok(!Number.isFinite(results[0]?.gradNorm));
  await device.pull();
  for (const [i, block] of blocks.entries()) assert.deepEqual(device.store[block], before[i]);
  await device.dispose();
});

test('a loss that is not finite moves nothing, whatever the gradients are, in both precisions', async () => {
  const { graph, total } = classifierLosses(config, null);
  const reported = { total, other: graph.input('other', []) };
  const options = { graph, loss: total, reported, weights: classifierWeights(config), adamw: ADAMW, accumulate: true };
  const device = await DeviceTrainStep.create({ ...options, threads: 1 }, cpuDevice(1));
  device.half = () => ({});
  const run = (other: number): Run => ({ feeds: { ...runOf(examples).feeds, other: scalar(other) } });
  for (const lossScale of [null, INITIAL_LOSS_SCALE]) {
    await device.usePrecision(lossScale);
    const before = device.store.values.slice();
    for (const others of [[0, Number.NaN], [Number.NEGATIVE_INFINITY, 0], [Number.POSITIVE_INFINITY]]) {
      for (const other of others) await device.accumulate(run(other), 1, 0);
      const results = [...(await device.update(RATE)), ...(await device.results())];
      assert.deepEqual(
        results.map(({ runs }) => runs.map(({ other }) => other)),
        [others],
      );
      await device.pull();
      assert.deepEqual(device.store.values, before);
    }
  }
  // In half precision the next step may.
  await device.accumulate(run(-1), 1, 0);
  assert.ok([...(await device.update(RATE)), ...(await device.results())].every(isFiniteResult));
  await device.dispose();
});
