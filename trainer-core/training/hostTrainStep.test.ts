import assert from 'node:assert/strict';
import { test } from 'node:test';
import { config, examples, runOf, still } from '../../test/support/classifierRuns.js';
import { accumulated } from '../../test/support/steps.js';
import { classifierWeights } from '../../test/support/tinyModels.js';
import { depthOf } from '../models/encoder.js';
import { hasNoDecay } from '../optim/adamw.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { classifierLosses } from './classifierLosses.js';
import { HostTrainStep } from './hostTrainStep.js';

const ADAMW = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 0.5 };

async function create(accumulate: boolean, options: { training?: boolean; rateOf?: (name: string) => number } = {}) {
  const { training = false, ...rest } = options;
  const { graph, total } = classifierLosses(training ? config : still, null);
  const weights = classifierWeights(config);
  const reported = { total };
  return HostTrainStep.create({ graph, loss: total, reported, weights, adamw: ADAMW, accumulate, threads: 1, ...rest });
}

const copyOf = (tensors: NamedTensors) => new Map([...tensors].map(([name, { data }]) => [name, data.slice()]));

function assertClose(
  got: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>,
  limit: number,
) {
  for (const [name, data] of expected) {
    const other = got.get(name) as Float32Array;
    const worst = data.reduce((max, x, i) => Math.max(max, Math.abs(x - (other[i] as number))), 0);
    assert.ok(worst < limit, `${name}: ${worst}`);
  }
}

test('gradients summed over runs and micro-batches are those of the whole batch', async () => {
  const whole = await create(false);
  const { total } = await accumulated(whole, runOf(examples), 1, 0);
  const expected = copyOf(await whole.gradients());
  assert.ok([...expected.values()].some((data) => data.some((x) => Math.abs(x) > 0.01)));

  const summed = await create(true);
  let sum = 0;
  for (const part of [examples.slice(0, 1), examples.slice(1, 4), examples.slice(4)])
    sum += (await accumulated(summed, runOf(part, 6), 1, 0)).total as number;
  assertClose(copyOf(await summed.gradients()), expected, 1e-6);
  assert.ok(Math.abs(sum - (total as number)) < 1e-6);
  assert.ok(Math.abs((await summed.gradientNorm()) - (await whole.gradientNorm())) < 1e-5);

  // The next step begins at zero: nothing of the last is left in either buffer.
  const again = await create(true);
  await again.accumulate(runOf(examples), 1, 0);
  await again.accumulate(runOf(examples), 1, 0);
  await again.update(0);
  await again.accumulate(runOf(examples.slice(0, 3)), 0.5, 0);
  await again.accumulate(runOf(examples.slice(3)), 0.5, 0);
  assertClose(copyOf(await again.gradients()), expected, 1e-6);
  await Promise.all([whole, summed, again].map((step) => step.dispose()));
});

test('a step that was not made to accumulate refuses to', async () => {
  const step = await create(false);
  await step.accumulate(runOf(examples), 1, 0);
  await assert.rejects(step.accumulate(runOf(examples), 1, 0), /not made to accumulate/);
  await step.dispose();
});

test('an update clips, decays by name and moves every weight as the paper says', async () => {
  const step = await create(false);
  const rate = 0.01;
  const before = copyOf(step.store.views(step.store.values));
  await step.accumulate(runOf(examples), 1, 0);
  const gradient = copyOf(await step.gradients());
  const norm = await step.gradientNorm();
  assert.ok(norm > ADAMW.maxGradNorm, 'the gradient has to be clipped for this test');
  await step.update(rate);
  assert.equal(step.step, 1);
  const clip = ADAMW.maxGradNorm / (norm + 1e-6);
  const expected = new Map(
    [...before].map(([name, data]) => {
      const keep = hasNoDecay(name) ? 1 : 1 - rate * ADAMW.weightDecay;
      const moved = data.map((p, i) => {
        // After one step the corrected moments are the gradient and its square.
        const g = ((gradient.get(name) as Float32Array)[i] as number) * clip;
        return p * keep - (rate * g) / (Math.abs(g) + ADAMW.epsilon);
      });
      return [name, moved];
    }),
  );
  assertClose(copyOf(step.store.views(step.store.values)), expected, 2e-6);
  await step.dispose();
});

test('a step at rates by depth is, weight by weight, a step at that rate', async () => {
  const learningRate = 0.01;
  const moved = async (rate: number, rateOf?: (name: string) => number) => {
    const step = await create(false, rateOf ? { rateOf } : {});
    await step.accumulate(runOf(examples), 1, 0);
    await step.update(rate);
    const weights = copyOf(step.store.views(step.store.values));
    await step.dispose();
    return weights;
  };
  const rateOf = (name: string) => 0.5 ** (config.layers + 1 - depthOf(name, config));
  const got = await moved(learningRate, rateOf);
  for (const [depth, rate] of [0.125, 0.25, 0.5, 1].entries()) {
    const expected = await moved(learningRate * rate);
    const names = [...got.keys()].filter((name) => depthOf(name, config) === depth);
    assert.ok(names.some(hasNoDecay) && names.some((name) => !hasNoDecay(name)), 'both kinds of weights are there');
    for (const name of names) assert.deepEqual(got.get(name), expected.get(name), name);
  }
});

test('dropout depends on the seed alone', async () => {
  const step = await create(true, { training: true });
  const lossAt = async (seed: number) => (await accumulated(step, runOf(examples), 1, seed)).total;
  const first = await lossAt(1);
  assert.notEqual(await lossAt(2), first);
  assert.equal(await lossAt(1), first);
  await step.dispose();
});

test('a weight that is not in the graph is a mistake of ours and said to be one', async () => {
  const { graph, total: loss } = classifierLosses(still, null);
  const weights = new Map([...classifierWeights(config), ['nothing', { dims: [1], data: new Float32Array(1) }]]);
  const options = { graph, loss, reported: {}, weights, adamw: ADAMW, accumulate: false, threads: 1 };
  await assert.rejects(HostTrainStep.create(options), /weight 'nothing' is not in the graph/);
});
