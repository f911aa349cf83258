/** Steps in half precision, on the host and with all state on the device, against steps in single precision and against each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countingTensors } from '../../test/support/liveTensors.js';
import { roundedHalves } from '../../test/support/roundedHalves.js';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { classifierWeights, TINY_LABELS, tinyConfig } from '../../test/support/tinyModels.js';
import { classificationFeeds } from '../classify/classificationGraph.js';
import { Random } from '../corpus/random.js';
import { INITIAL_LOSS_SCALE, type LossScale } from '../optim/lossScale.js';
import { hasCode } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { float16Lowering } from '../runtime/float16.js';
import { float32 } from '../runtime/hostTensor.js';
import type { Encoder, Lowering } from '../runtime/onnxEncoder.js';
import { attribute } from '../runtime/onnxSchema.js';
import { choosePrecision } from './choosePrecision.js';
import { classifierLosses } from './classifierLosses.js';
import { agrees, comparePrecisions, type Trial } from './comparePrecisions.js';
import { DeviceTrainStep } from './deviceTrainStep.js';
import { HostTrainStep } from './hostTrainStep.js';
import { isFiniteResult, isSkipped, type Run, type StepResult, type TrainStep } from './trainStep.js';

const skip = useSoftwareVulkan();
const WEBGPU: Device = { name: 'webgpu', description: 'Vulkan in software', threads: 1 };

const config = tinyConfig('distilbert', {
  labels: TINY_LABELS,
  hiddenDropout: 0,
  attentionDropout: 0,
  classifierDropout: 0,
});
const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1 };
const half = () => roundedHalves(float16Lowering());

/** Batches of four texts of eight pieces. */
const random = Random.fromSeed(2);
const runs = Array.from({ length: 8 }, (): Run => {
  const batch = {
    batchSize: 4,
    sequenceLength: 8,
    ids: Int32Array.from({ length: 32 }, () => 5 + random.below(20)),
    lengths: Int32Array.of(8, 8, 8, 8),
    wordStarts: new Uint8Array(32),
  };
  const targets = new Float32Array(12);
  for (let i = 0; i < 4; i++) targets[3 * i + random.below(3)] = 1;
  const labelsWeight = float32(new Float32Array(4).fill(1 / 4), [4, 1]);
  return { feeds: { ...classificationFeeds(batch), targets: float32(targets, [4, 3]), labelsWeight } };
});

/** Single precision, of which only the loss is scaled. */
const unchanged = () => ({});

function optionsOf(maxGradNorm: number) {
  const { graph, total: loss } = classifierLosses(config, null);
  const weights = classifierWeights(config);
  return {
    graph,
    loss,
    reported: { total: loss },
    weights,
    accumulate: true,
    threads: 1,
    adamw: { ...adamw, maxGradNorm },
  };
}

const onHost = async (lowering: () => Lowering = half, maxGradNorm = 0.5) =>
  Object.assign(await HostTrainStep.create(optionsOf(maxGradNorm)), { half: lowering });
const onDevice = async (device: Device, lowering: () => Lowering = half, maxGradNorm = 0.5) =>
  Object.assign(await DeviceTrainStep.create(optionsOf(maxGradNorm), device), { half: lowering });

/** An optimiser step for each of these runs. */
async function train(step: TrainStep, on: readonly Run[], lossWeight = 1): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const run of on) {
    await step.accumulate(run, lossWeight, 0);
    results.push(...(await step.update(0.01)));
  }
  return [...results, ...(await step.results())];
}

/** What all runs come to together. */
async function trialOf(step: TrainStep, lossWeight: number): Promise<Trial> {
  for (const run of runs) await step.accumulate(run, lossWeight, 0);
  const losses = (await step.reported()).map(({ total }) => total as number);
  const gradients = new Map([...(await step.gradients())].map(([name, t]) => [name, { ...t, data: t.data.slice() }]));
  step.discard();
  return { losses, gradients };
}

/** What a check is made of. */
const work = {
  microBatches: runs.length,
  lossWeight: 1,
  async *runs() {
    for (const run of runs) yield { run, dropoutSeed: 0 };
  },
};

const from = (scale: number): LossScale => ({ ...INITIAL_LOSS_SCALE, scale });

function assertNear(got: NamedTensors, expected: NamedTensors, limit: number): void {
  for (const [name, { data }] of expected) {
    // Its gradient is 0 but for rounding, which Adam makes steps of.
    if (name.endsWith('k_lin.bias')) continue;
    const other = got.get(name)?.data as Float32Array;
    const worst = data.reduce((max, x, i) => Math.max(max, Math.abs(x - (other[i] as number))), 0);
    assert.ok(worst < limit, `${name}: ${worst}`);
  }
}

const weightsOf = ({ store }: TrainStep) => store.views(store.values);

for (const [where, create] of [
  ['the host', onHost],
  ['a device', () => onDevice(cpuDevice(1))],
] as const) {
  test(`on ${where}: gradients that vanish in half precision come through when the loss is scaled`, async () => {
    const step = await create();
    // A step of very many micro-batches.
    const share = 2 ** -20;
    const single = await trialOf(step, share);
    const [...small] = single.gradients.get('classifier.bias')?.data as Float32Array;
    assert.ok(
      small.every((x) => x !== 0 && Math.abs(x) < 2 ** -18),
      small.join(' '),
    );
    await step.usePrecision(from(1));
    assert.ok(!agrees(comparePrecisions(single, await trialOf(step, share))), 'not without a scale');
    await step.usePrecision(from(2 ** 16));
    const figures = comparePrecisions(single, await trialOf(step, share));
    assert.ok(agrees(figures), JSON.stringify(figures));
    assert.ok(figures.lossDifference > 0, 'it is half precision that was compared');
    await step.usePrecision(null);
    assert.deepEqual(await trialOf(step, share), single);
    await step.dispose();
  });

  test(`on ${where}: a scale that is too large costs steps that move nothing, until it fits`, async () => {
    const step = await create();
    await step.usePrecision(from(2 ** 24));
    const before = weightsOf(step).get('classifier.weight')?.data.slice();
    const skipped: StepResult[] = [];
    for (;;) {
      const [result] = await train(step, runs.slice(0, 1));
      assert.ok(result);
      if (isFiniteResult(result)) break;
      assert.ok(isSkipped(result));
      skipped.push(result);
      await step.pull();
      assert.deepEqual(weightsOf(step).get('classifier.weight')?.data, before);
      assert.equal(step.step, 0);
    }
    assert.ok(skipped.length >= 2, `${skipped.length}`);
    assert.deepEqual(
      skipped.map(({ lossScale }) => lossScale),
      skipped.map((_, i) => ({ scale: 2 ** (23 - i), goodSteps: 0 })),
    );
    assert.deepEqual(step.lossScale, { scale: 2 ** (24 - skipped.length), goodSteps: 1 });
    assert.equal(step.step, 1);

    // What was left out is as if it had never been: the first step that counts is Adam's first.
    const fresh = await create();
    await fresh.usePrecision(from(step.lossScale?.scale as number));
    await train(fresh, runs.slice(0, 1));
    await step.pull();
    await fresh.pull();
    assert.notDeepEqual(weightsOf(step).get('classifier.weight')?.data, before);
    assert.deepEqual(weightsOf(step), weightsOf(fresh));
    await step.dispose();
    await fresh.dispose();
  });

  test(`on ${where}: a check finds half precision good, and a wrong one not`, async () => {
    const step = await create();
    const choice = await choosePrecision(step, work);
    assert.equal(choice.reason, 'agrees', JSON.stringify(choice));
    assert.ok((choice.figures?.lossDifference as number) > 0);
    // The scale is one that nothing has overflowed under.
    assert.ok((await train(step, runs.slice(0, 1))).every(isFiniteResult));
    // Every product a tenth too small.
    step.half = () => ({
      ...half(),
      Gemm: ({ e, node, inputs, outputs }) => {
        const made = e.temporary();
        e.spell(node, inputs, [made]);
        e.node('Mul', [made, e.float(0.9)], [], outputs[0]);
        return true;
      },
    });
    const other = await choosePrecision(step, work);
    assert.equal(other.reason, 'differs', JSON.stringify(other));
    assert.equal(step.lossScale, null);
    await step.dispose();
  });

  test(`on ${where}: after half precision that the engine refuses, single precision goes on`, async () => {
    const step = await create();
    const single = await trialOf(step, 1);
    step.half = () => ({
      Gemm: ({ e, inputs, outputs }) => {
        e.node('NoSuchOp', [...inputs], [], outputs[0]);
        return true;
      },
    });
    const refused = (error: unknown) => hasCode(error, 'engineFailed') && /NoSuchOp/.test(error.data.reason);
    await assert.rejects(step.usePrecision(from(1)), refused);
    await step.usePrecision(null);
    assert.deepEqual(await trialOf(step, 1), single);
    await assert.rejects(step.usePrecision(from(1)), refused);
    await step.dispose();
  });

  for (const [fault, failure, addend] of [
    ['cannot be compiled', /NoSuchOp/, (e, y) => e.node('NoSuchOp', [y])],
    ['fails when it runs', /out of data bounds/, (e, y) => e.node('Gather', [y, e.ints([1e6])])],
    [
      'asks for memory that is not there',
      /allocate memory/,
      (e, y) =>
        e.node('ReduceMax', [e.node('Expand', [y, e.ints([1e12, 1, 1])]), e.ints([0])], [attribute.int('keepdims', 0)]),
    ],
  ] as [string, RegExp, (e: Encoder, y: string) => string][]) {
    test(`on ${where}: half precision that ${fault} leaves the run in single precision`, async () => {
      const [step, other] = [await create(), await create()];
      step.half = () => ({
        Gemm({ e, node, inputs, outputs: [output] }) {
          const made = e.temporary();
          e.spell(node, inputs, [made]);
          e.node('Add', [made, addend(e, made)], [], output);
          return true;
        },
      });
      const { failure: words, ...choice } = await choosePrecision(step, work);
      assert.deepEqual(choice, { precision: 'fp32', reason: 'fails', microBatches: 8, figures: null });
      assert.match(words as string, failure);
      assert.equal(step.lossScale, null);
      assert.deepEqual(await train(step, runs), await train(other, runs));
      for (const each of [step, other]) {
        await each.pull();
        await each.dispose();
      }
      assert.deepEqual(weightsOf(step), weightsOf(other));
    });
  }

  test(`on ${where}: what is saved and loaded goes on to the last bit`, async () => {
    const whole = await create();
    await whole.usePrecision(from(2 ** 20));
    await train(whole, runs);
    await whole.pull();

    const first = await create();
    await first.usePrecision(from(2 ** 20));
    await train(first, runs.slice(0, 5));
    await first.pull();
    assert.ok(first.step > 0 && first.step < 5, 'there is something to remember');
    const second = await create();
    for (const block of ['values', 'm', 'v'] as const) second.store[block].set(first.store[block]);
    second.step = first.step;
    await second.push();
    await second.usePrecision(first.lossScale);
    await train(second, runs.slice(5));
    await second.pull();
    assert.deepEqual(second.lossScale, whole.lossScale);
    assert.equal(second.step, whole.step);
    assert.deepEqual(weightsOf(second), weightsOf(whole));
    for (const step of [whole, first, second]) await step.dispose();
  });
}

test('the scale grows after 2,000 good steps, on the device as on the host', async () => {
  const steps = await Promise.all([onHost(), onDevice(cpuDevice(1))]);
  for (const step of steps) {
    await step.usePrecision({ scale: 2 ** 8, goodSteps: 1998 });
    const results = await train(step, runs.slice(0, 3));
    assert.deepEqual(
      results.map(({ lossScale }) => [lossScale?.scale, lossScale?.goodSteps]),
      [
        [2 ** 8, 1999],
        [2 ** 9, 0],
        [2 ** 9, 1],
      ],
    );
    // The device's own scale, of which the host has only worked out what it must be.
    await step.accumulate(runs[0] as Run, 1, 0);
    const [norm] = [await step.gradientNorm()];
    assert.ok(Number.isFinite(norm) && norm > 0.01);
  }
  const [host, device] = steps as [TrainStep, TrainStep];
  assert.ok(Math.abs((await host.gradientNorm()) / (await device.gradientNorm()) - 1) < 1e-4);
  for (const step of steps) await step.dispose();
});

test('a device comes to the weights of the host, with steps left out too', async () => {
  for (const [lowering, scale, limit] of [
    [unchanged, 2 ** 12, 1e-5],
    [half, 2 ** 12, 1e-3],
    [half, 2 ** 20, 1e-3],
  ] as const) {
    const [host, device] = [await onHost(lowering), await onDevice(cpuDevice(1), lowering)];
    for (const step of [host, device]) {
      await step.usePrecision(from(scale));
      await train(step, runs);
      await step.pull();
    }
    assert.deepEqual(device.lossScale, host.lossScale);
    assert.equal(device.step, host.step);
    assertNear(weightsOf(device), weightsOf(host), limit);
    await host.dispose();
    await device.dispose();
  }
});

test('half precision learns what single precision learns', async () => {
  const [single, halves] = [await onHost(), await onHost()];
  await halves.usePrecision(from(2 ** 10));
  const on = new Array(20).fill(runs[0]) as Run[];
  const [expected, got] = [await train(single, on), await train(halves, on)];
  const loss = (results: readonly StepResult[]) => results.map(({ runs: [run] }) => run?.total as number);
  assert.ok((loss(expected).at(-1) as number) < 0.8 * (loss(expected)[0] as number));
  loss(got).forEach((x, i) => {
    const y = loss(expected)[i] as number;
    assert.ok(Math.abs(x / y - 1) < 0.01, `step ${i + 1}: ${x}, ${y}`);
  });
  await single.dispose();
  await halves.dispose();
});

test(
  'a GPU in software, which has no half precision, scales the loss and leaves steps out as the host does',
  { skip },
  async () => {
    // A weight at which the norm is the largest that counts as finite, and squares overflow in single precision under four times this scale.
    const [weight, changes] = [2 ** 26.7, [unchanged, 2 ** 32]] as const;
    const [host, device] = [await onHost(...changes), await onDevice(WEBGPU, ...changes)];
    const [run] = runs as [Run];
    await host.usePrecision(from(2 ** 34));
    await device.usePrecision(from(2 ** 36));
    await train(host, [run, run], weight);
    const results = await train(device, [run, run, run, run], weight);
    assert.deepEqual(results.map(isSkipped), [true, true, false, false], JSON.stringify(results));
    await device.pull();
    assert.deepEqual(device.lossScale, { scale: 2 ** 34, goodSteps: 2 });
    assert.equal(device.step, 2);
    assertNear(weightsOf(device), weightsOf(host), 1e-5);
    await host.dispose();
    await device.dispose();
  },
);

test('no tensor outlives the program that made it when the precision changes in mid-run, or is left behind at the end', async () => {
  await countingTensors(async (tensors) => {
    const step = await onDevice(cpuDevice(1), unchanged);
    const [run] = runs as [Run];
    for (const scale of [null, from(2 ** 10), from(2 ** 8), null, from(2 ** 10)]) {
      await step.usePrecision(scale);
      await step.accumulate(run, 1, 0);
      await step.gradientNorm();
      step.discard();
      await train(step, [run, run]);
      await step.push();
    }
    assert.ok(tensors.count > 0);
    await step.dispose();
    assert.deepEqual([tensors.outlived, tensors.count], [0, 0]);
  });
});

test('a GPU in software goes from one precision to the other in mid-run', { skip }, async () => {
  const device = await onDevice(WEBGPU, unchanged);
  const host = await onHost(unchanged);
  const [run] = runs as [Run];
  for (const step of [host, device]) {
    for (const scale of [null, from(2 ** 10), null]) {
      await step.usePrecision(scale);
      await step.accumulate(run, 1, 0);
      step.discard();
      await train(step, [run, run]);
    }
  }
  await device.pull();
  assertNear(weightsOf(device), weightsOf(host), 1e-5);
  await host.dispose();
  await device.dispose();
});

test(
  'a GPU in software has a kernel for every op of a step in half precision, though it cannot run it',
  { skip },
  async () => {
    const step = await onDevice(WEBGPU, float16Lowering);
    // With fallback to the CPU disabled, a program with an op or a type that the provider does not know is refused here.
    await step.usePrecision(INITIAL_LOSS_SCALE);
    await assert.rejects(
      step.accumulate(runs[0] as Run, 1, 0),
      (error) => hasCode(error, 'engineFailed') && /requires f16/.test(error.data.reason),
    );
    await step.dispose();
  },
);

test('a GPU that refuses a kernel of half precision computes on in single precision', { skip }, async () => {
  const [host, device] = [await onHost(), await onDevice(WEBGPU, float16Lowering)];
  const choice = await choosePrecision(device, work);
  assert.equal(choice.reason, 'fails');
  assert.match(choice.failure as string, /requires f16/);
  for (const step of [host, device]) {
    assert.ok((await train(step, runs)).every(isFiniteResult));
    await step.pull();
  }
  assertNear(weightsOf(device), weightsOf(host), 1e-5);
  await host.dispose();
  await device.dispose();
});
