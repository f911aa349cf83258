import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { config, examples, runOf } from '../../test/support/classifierRuns.js';
import { accumulated } from '../../test/support/steps.js';
import { tensorflowDevice, tensorsLeft, testTensorflow } from '../../test/support/testTensorflow.js';
import { classifierWeights, tinyConfig, writeLanguageModel } from '../../test/support/tinyModels.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { loadModel } from '../hub/modelFiles.js';
import { hasCode } from '../protocol/errors.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { engineError } from '../runtime/engineError.js';
import { TfjsProgram } from '../runtime/tfjs/tfjsProgram.js';
import { classifierLosses } from './classifierLosses.js';
import { randomWeights } from './languageModelSources.js';
import { LanguageModelStep } from './languageModelStep.js';
import { type Teacher, teacherOf } from './teacher.js';
import { createTrainStep, type StepResult, type TrainStep } from './trainStep.js';

const folder = mkdtempSync(join(tmpdir(), 'steps-'));
after(() => rmSync(folder, { recursive: true }));

const tensorflow = tensorflowDevice();

/** Both runtimes compute in float32; sums over a batch are rounded in another order, and six steps pass that on. */
const TOLERANCE = 1e-5;
const ADAMW = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 0.5 };

function assertNear(got: number | undefined, expected: number | undefined, what: string): void {
  const error = Math.abs((got as number) - (expected as number));
  assert.ok(error <= TOLERANCE * Math.max(1, Math.abs(expected as number)), `${what}: ${got} instead of ${expected}`);
}

async function classifierStep(device: Device, keepGradients = false): Promise<TrainStep> {
  const { graph, total } = classifierLosses(config, null);
  const weights = classifierWeights(config);
  const options = { graph, loss: total, reported: { total }, weights, adamw: ADAMW, accumulate: true, device };
  return createTrainStep({ ...options, keepGradients });
}

/** Work of which the run of this number, counted from 0, fails. Gives false where there are not as many. */
async function failingAt(number: number, work: () => Promise<unknown>): Promise<boolean> {
  const { runKeeping } = TfjsProgram.prototype;
  let count = 0;
  TfjsProgram.prototype.runKeeping = async function (...given) {
    if (count++ === number) throw engineError(new Error('CUDA failure 719'));
    return await runKeeping.apply(this, given);
  };
  try {
    await work();
    return false;
  } catch (error) {
    assert.ok(hasCode(error, 'deviceLost'), String(error));
    return true;
  } finally {
    TfjsProgram.prototype.runKeeping = runKeeping;
  }
}

/** Steps of two runs each, with dropout. */
async function train(step: TrainStep, steps: number): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let i = 0; i < steps; i++) {
    await step.accumulate(runOf(examples.slice(0, 4), 6), 1, 2 * i);
    await step.accumulate(runOf(examples.slice(4), 6), 1, 2 * i + 1);
    results.push(...(await step.update(0.01)));
  }
  return [...results, ...(await step.results())];
}

test('steps of a classifier with dropout, decay and clipping are those of the CPU', async () => {
  const [cpu, step] = [await classifierStep(cpuDevice(1)), await classifierStep(tensorflow)];
  const [expected, got] = [await train(cpu, 6), await train(step, 6)];
  expected.forEach(({ runs, gradNorm }, i) => {
    assertNear(got[i]?.gradNorm, gradNorm, `norm of step ${i}`);
    runs.forEach(({ total }, k) => {
      assertNear(got[i]?.runs[k]?.total, total, `loss of step ${i}, run ${k}`);
    });
  });
  assert.notEqual(expected[5]?.runs[0]?.total, expected[0]?.runs[0]?.total);
  await Promise.all([cpu.dispose(), step.dispose()]);
});

test('a hundred steps leave no tensors behind, and disposing of them none at all', async () => {
  const start = testTensorflow.memory().numTensors;
  const step = await classifierStep(tensorflow);
  await train(step, 2);
  const left = await tensorsLeft(() => train(step, 5), 20);
  assert.deepEqual(new Set(left), new Set([0]));
  await step.dispose();
  assert.equal(testTensorflow.memory().numTensors, start);
});

test('between steps a device holds weights and moments, and gradients only where they are asked for', async () => {
  const { memory } = testTensorflow;
  for (const keepGradients of [false, true]) {
    const step = await classifierStep(tensorflow, keepGradients);
    const { numBytes } = memory();
    await train(step, 2);
    const gradients = memory().numBytes - numBytes;
    if (keepGradients)
      assert.ok(gradients >= Float32Array.BYTES_PER_ELEMENT * step.store.size && (await step.gradients()));
    else {
      assert.equal(gradients, 0);
      await assert.rejects(step.gradients(), /not made to keep gradients/);
    }
    await step.dispose();
  }
});

const ALL_LOSSES = { ce: 5, mlm: 2, cos: 1, mse: 0.1, hidden: 1, attention: 0.5, relation: 1 };

/** A batch, and a step that learns from it by every loss. */
async function distillation() {
  const { vocabSize } = await writeLanguageModel(join(folder, 'teacher'), 'bert');
  const teacher = await teacherOf(await loadModel(join(folder, 'teacher')));
  const student = tinyConfig('distilbert', { vocabSize, layers: 1 });
  const random = Random.fromSeed(4);
  const ids = Int32Array.from({ length: 3 * 8 }, () => 5 + random.below(vocabSize - 5));
  const labels = new Int32Array(3 * 8).fill(IGNORED_LABEL);
  for (const at of [1, 9, 10]) labels[at] = 5 + random.below(vocabSize - 5);
  const lengths = Int32Array.of(8, 5, 7);
  const batch = { batchSize: 3, sequenceLength: 8, inputIds: ids, labels, lengths, sequences: [0, 1, 2] };

  const create = (device: Device, taught: Teacher = teacher) =>
    LanguageModelStep.create({
      student: { config: student, weights: randomWeights(student, 5), source: 'student' },
      teacher: taught,
      losses: {
        ...{ weights: ALL_LOSSES, temperature: 2, restrictCeToMask: false },
        ...{ matchedLayers: [1], relation: { teacherLayer: 1, heads: 4 } },
      },
      layout: { labelledChunks: 1, otherChunks: 2, tokensPerRun: 16 },
      frozen: [],
      adamw: { ...ADAMW, weightDecay: 0, maxGradNorm: 5 },
      accumulate: true,
      device,
    });
  return { batch, teacher, create };
}

test('a distillation step by every loss is that of the CPU, gradient by gradient', async () => {
  const { batch, create } = await distillation();
  const resultOf = async (device: Device) => {
    const model = await create(device);
    const losses: Record<string, number> = {};
    let seed = 0;
    for await (const run of model.runs([batch])) {
      for (const [name, loss] of Object.entries(await accumulated(model.step, run, 1, seed++)))
        losses[name] = (losses[name] ?? 0) + loss;
    }
    const gradients = new Map([...(await model.step.gradients())].map(([name, { data }]) => [name, data.slice()]));
    await model.dispose();
    return { losses, gradients };
  };
  const [expected, got] = [await resultOf(cpuDevice(1)), await resultOf(tensorflow)];
  assert.deepEqual(Object.keys(got.losses).sort(), [...Object.keys(ALL_LOSSES), 'total'].sort());
  for (const [name, loss] of Object.entries(expected.losses)) assertNear(got.losses[name], loss, name);
  for (const [name, gradient] of expected.gradients) {
    const scale = gradient.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    const other = got.gradients.get(name) as Float32Array;
    gradient.forEach((x, i) => {
      const error = Math.abs(x - (other[i] as number));
      assert.ok(error <= TOLERANCE * Math.max(1, scale), `${name}[${i}]: ${other[i]} instead of ${x}`);
    });
  }
});

test('a step that cannot be made leaves nothing on the device', async () => {
  const short = { dims: [3], data: new Float32Array(1) };
  const classifier = () => {
    const { graph, total } = classifierLosses(config, null);
    const weights = classifierWeights(config);
    weights.delete('classifier.bias');
    const fixed = new Map([['classifier.bias', short]]);
    return createTrainStep({
      ...{ graph, loss: total, reported: { total }, weights, fixed, adamw: ADAMW, accumulate: true },
      device: tensorflow,
    });
  };
  const { teacher, create } = await distillation();
  const initializers = new Map(teacher.weights.initializers);
  initializers.set([...initializers.keys()].at(-1) as string, short.data);
  const taught = () => create(tensorflow, { ...teacher, weights: { ...teacher.weights, initializers } });
  for (const make of [classifier, taught]) {
    const refused = () => assert.rejects(make(), (error) => hasCode(error, 'engineFailed'));
    assert.deepEqual(await tensorsLeft(refused, 2), [0, 0]);
  }
});

test('wherever a step fails, nothing is left on the device when it is disposed of', async () => {
  const { memory } = testTensorflow;
  const start = memory().numTensors;
  for (let at = 0; ; at++) {
    let step: TrainStep | undefined;
    const failed = await failingAt(at, async () => {
      step = await classifierStep(tensorflow);
      await train(step, 2);
      await step.accumulate(runOf(examples), 1, 0);
      await step.gradientNorm();
      await step.gradients();
    });
    await step?.dispose();
    assert.equal(memory().numTensors, start, `run ${at}`);
    if (!failed) break;
  }
});
