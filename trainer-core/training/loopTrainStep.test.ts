import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { computeOnCpu } from '../../test/support/standIn.js';
import { classifierWeights, TINY_LABELS, tinyConfig, writeLanguageModel } from '../../test/support/tinyModels.js';
import { classificationFeeds } from '../classify/classificationGraph.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { loadModel } from '../hub/modelFiles.js';
import { depthOf } from '../models/encoder.js';
import { cpuDevice } from '../runtime/devices.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { float32 } from '../runtime/hostTensor.js';
import type { LoopProgram } from '../runtime/loopProgram.js';
import { classifierLosses } from './classifierLosses.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import { randomWeights } from './languageModelSources.js';
import { LanguageModelStep } from './languageModelStep.js';
import type { LanguageModelLosses } from './lossSettings.js';
import type { ParameterStore } from './parameterStore.js';
import { teacherOf } from './teacher.js';
import { createTrainStep, type Run, type StepResult, type TrainStep } from './trainStep.js';

let restore: () => void;
before(() => {
  restore = computeOnCpu('cuda');
});
const folder = mkdtempSync(join(tmpdir(), 'loop-'));
after(() => {
  restore();
  rmSync(folder, { recursive: true });
});

const CUDA = { name: 'cuda', description: 'computed on the CPU', threads: 1 } as const;
const CPU = cpuDevice(1);
const ADAMW = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, maxGradNorm: 0.5 };
const random = Random.fromSeed(1);

/** A run of texts of random ids, as many and as long as wanted. */
function textsRun(count: number, length: number): Run {
  const ids = Int32Array.from({ length: count * length }, () => 5 + random.below(20));
  const lengths = Int32Array.from({ length: count }, () => 1 + random.below(length));
  lengths[0] = length;
  for (let b = 0; b < count; b++) ids.fill(0, b * length + (lengths[b] as number), (b + 1) * length);
  const targets = new Float32Array(count * 3);
  for (let b = 0; b < count; b++) targets[b * 3 + random.below(3)] = 1;
  const batch = { batchSize: count, sequenceLength: length, ids, lengths, wordStarts: new Uint8Array(ids.length) };
  return {
    feeds: {
      ...classificationFeeds(batch),
      targets: float32(targets, [count, 3]),
      labelsWeight: float32(new Float32Array(count).fill(1 / count), [count, 1]),
    },
  };
}

const classifier = tinyConfig('distilbert', { labels: TINY_LABELS, classifierDropout: 0.1 });

/** With dropout, a rate for each depth, and the embeddings held still. */
function classifierStep(device: typeof CUDA | typeof CPU, options: { keepGradients?: boolean; accumulate?: boolean }) {
  const { graph, total, losses } = classifierLosses(classifier, null);
  const weights = classifierWeights(classifier);
  const still = (name: string) => name.endsWith('position_embeddings.weight');
  return createTrainStep({
    graph,
    loss: total,
    reported: { total, ...losses },
    weights: new Map([...weights].filter(([name]) => !still(name))),
    fixed: new Map([...weights].filter(([name]) => still(name))),
    adamw: ADAMW,
    rateOf: (name) => 0.5 ** (classifier.layers + 1 - depthOf(name, classifier)),
    accumulate: true,
    device,
    ...options,
  });
}

const bits = ({ values, m, v }: ParameterStore) =>
  [values, m, v].map((block) => Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('hex'));

/** Steps of so many runs each; gives what they came to. */
async function train(step: TrainStep, steps: readonly (readonly Run[])[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [s, runs] of steps.entries()) {
    for (const [r, run] of runs.entries()) await step.accumulate(run, 1 / runs.length, 100 * s + r);
    results.push(...(await step.update(0.01 / (s + 1))));
  }
  results.push(...(await step.results()));
  await step.pull();
  return results;
}

/** That two ways of training came to the same. Norms are sums in another order, in double precision. */
function assertSame(loop: StepResult[], host: StepResult[]): void {
  assert.equal(loop.length, host.length);
  loop.forEach(({ runs, gradNorm }, i) => {
    const other = host[i] as StepResult;
    assert.deepEqual(runs, other.runs);
    assert.ok(Math.abs(gradNorm - other.gradNorm) <= 1e-12 * other.gradNorm, `${gradNorm}, expected ${other.gradNorm}`);
  });
}

test('fine-tuning in a loop comes to the bits that it comes to step by step', async () => {
  const steps = [
    [textsRun(3, 8), textsRun(1, 5)],
    [textsRun(2, 6)],
    [textsRun(1, 12), textsRun(4, 4), textsRun(2, 9)],
    ...Array.from({ length: 5 }, () => [textsRun(2, 7), textsRun(2, 3)]),
  ];
  const host = await classifierStep(CPU, {});
  const loop = await classifierStep(CUDA, {});
  assert.ok(host.store.groups.length > 4, 'there are groups of several rates, with decay and without');
  const expected = await train(host, steps);
  assert.ok(
    expected.every(({ gradNorm }) => gradNorm > ADAMW.maxGradNorm),
    'gradients have to be clipped for this test',
  );
  assertSame(await train(loop, steps), expected);
  assert.equal(loop.step, 8);
  assert.deepEqual(bits(loop.store), bits(host.store));
  await Promise.all([host.dispose(), loop.dispose()]);
});

test('results come in order, and none before its time', async () => {
  const loop = await classifierStep(CUDA, {});
  const one = textsRun(2, 6);
  const known: number[] = [];
  for (let i = 0; i < 9; i++) {
    await loop.accumulate(one, 1, i);
    known.push((await loop.update(0.001)).length);
  }
  // Runs of one step, of two, of four.
  assert.deepEqual(known, [1, 0, 2, 0, 0, 0, 4, 0, 0]);
  assert.equal(loop.step, 7);
  assert.equal((await loop.results()).length, 2);
  assert.equal(loop.step, 9);
  assert.deepEqual(await loop.results(), []);
  await loop.dispose();
});

test('what is resumed goes on to the same bits', async () => {
  const steps = Array.from({ length: 6 }, () => [textsRun(2, 6), textsRun(1, 4)]);
  const whole = await classifierStep(CPU, {});
  await train(whole, steps);
  const first = await classifierStep(CUDA, {});
  for (const [s, runs] of steps.slice(0, 3).entries()) {
    for (const [r, run] of runs.entries()) await first.accumulate(run, 1 / runs.length, 100 * s + r);
    await first.update(0.01 / (s + 1));
  }
  await first.pull();
  const second = await classifierStep(CUDA, {});
  second.store.load(first.store.views(first.store.values));
  second.store.load(first.store.views(first.store.m), second.store.m);
  second.store.load(first.store.views(first.store.v), second.store.v);
  second.step = first.step;
  await second.push();
  for (const [s, runs] of steps.entries()) {
    if (s < 3) continue;
    for (const [r, run] of runs.entries()) await second.accumulate(run, 1 / runs.length, 100 * s + r);
    await second.update(0.01 / (s + 1));
  }
  await second.pull();
  assert.deepEqual(bits(second.store), bits(whole.store));
  await Promise.all([whole, first, second].map((step) => step.dispose()));
});

test('a step that is not finite ends what was put off, and the weights stay those before it', async () => {
  const good = textsRun(2, 6);
  const bad = textsRun(2, 6);
  ((bad.feeds.labelsWeight as HostTensor).data as Float32Array)[0] = Number.NaN;
  const expected = await classifierStep(CPU, {});
  await train(expected, [[good], [good], [good], [good]]);
  const loop = await classifierStep(CUDA, {});
  const results = await train(loop, [[good], [good], [good], [good], [bad, good], [good], [good]]);
  assert.deepEqual(
    results.map(({ gradNorm }) => Number.isFinite(gradNorm)),
    [true, true, true, true, false],
  );
  assert.equal(loop.step, 4);
  assert.deepEqual(bits(loop.store), bits(expected.store));
  await Promise.all([expected.dispose(), loop.dispose()]);
});

test('gradients, norm and losses of a step that has begun are those of the host', async () => {
  const runs = [textsRun(3, 8), textsRun(1, 5)];
  const host = await classifierStep(CPU, {});
  const loop = await classifierStep(CUDA, { keepGradients: true });
  for (const step of [host, loop]) {
    for (const [r, run] of runs.entries()) await step.accumulate(run, 0.5, r);
  }
  assert.deepEqual(await loop.reported(), await host.reported());
  assert.ok(Math.abs((await loop.gradientNorm()) - (await host.gradientNorm())) < 1e-9);
  assert.deepEqual(await loop.gradients(), await host.gradients());
  // After the update they are still those of that step, and what has been looked at has moved nothing.
  for (const step of [host, loop]) await step.update(0.01);
  assert.deepEqual(await loop.gradients(), await host.gradients());
  assert.deepEqual(bits(loop.store), bits(host.store));
  // What is forgotten leaves no trace.
  await loop.accumulate(runs[0] as Run, 1, 5);
  loop.discard();
  assertSame(await train(loop, [runs]), await train(host, [runs]));
  assert.deepEqual(bits(loop.store), bits(host.store));
  await Promise.all([host.dispose(), loop.dispose()]);
});

test('gradients that were not asked for are not kept', async () => {
  const loop = await classifierStep(CUDA, { accumulate: false });
  await loop.accumulate(textsRun(2, 6), 1, 0);
  await assert.rejects(loop.gradients(), /not made to keep gradients/);
  await assert.rejects(loop.accumulate(textsRun(2, 6), 1, 0), /not made to accumulate/);
  await loop.dispose();
});

test('distillation in a loop, with every loss and weights that stay, comes to the bits that it comes to step by step', async () => {
  const { vocabSize } = await writeLanguageModel(join(folder, 'teacher'), 'bert');
  const teacher = await teacherOf(await loadModel(join(folder, 'teacher')));
  const config = tinyConfig('distilbert', { vocabSize, layers: 1 });
  assert.ok(config.hiddenDropout > 0);
  const batchOf = (count: number, length: number): LanguageModelBatch => {
    const inputIds = Int32Array.from({ length: count * length }, () => 5 + random.below(vocabSize - 5));
    const labels = inputIds.map((id) => (random.below(4) === 0 ? id : IGNORED_LABEL));
    return { batchSize: count, sequenceLength: length, inputIds, labels, lengths: new Int32Array(count).fill(length) };
  };
  // Some runs are sure to have no labelled row: chunks of the vocabulary can be empty.
  const unlabelled = { ...batchOf(2, 5), labels: new Int32Array(10).fill(IGNORED_LABEL) };
  const steps = [[batchOf(4, 10)], [unlabelled, batchOf(1, 12)], [batchOf(3, 7)], [unlabelled]];
  const lossesOf: LanguageModelLosses[] = [
    { weights: { ce: 5, mlm: 2, cos: 1, mse: 0.5 }, temperature: [4, 2], restrictCeToMask: false },
    { weights: { ce: 5, mlm: 2 }, temperature: 2, restrictCeToMask: true },
  ];
  for (const losses of lossesOf) {
    const trained = async (device: typeof CUDA | typeof CPU) => {
      const model = await LanguageModelStep.create({
        student: { config, weights: randomWeights(config, 5), source: 'student' },
        teacher,
        losses,
        layout: { labelledChunks: 2, otherChunks: 2, tokensPerRun: 21 },
        frozen: ['distilbert.embeddings.position_embeddings.weight'],
        adamw: ADAMW,
        accumulate: true,
        device,
      });
      const runs: Run[][] = [];
      for (const [i, batches] of steps.entries()) {
        runs.push([]);
        for await (const run of model.runs(batches, i / 3)) runs.at(-1)?.push(run);
      }
      const results = await train(model.step, runs);
      const state = bits(model.step.store);
      await model.dispose();
      return { results, state };
    };
    const host = await trained(CPU);
    const loop = await trained(CUDA);
    assert.ok(host.results.some(({ runs }) => runs.length > 1));
    assertSame(loop.results, host.results);
    assert.deepEqual(loop.state, host.state);
  }
});

test('a run larger than all before is tried when it is added, where memory that runs out can still be answered', async () => {
  const loop = await classifierStep(CUDA, {});
  const { program } = loop as unknown as { program: LoopProgram };
  const done: string[] = [];
  const run = program.run.bind(program);
  program.run = async (state, steps, options) => {
    done.push(`${options?.moves === false ? 'tried' : 'done'} ${steps.map(({ runs }) => runs.length).join('+')}`);
    return await run(state, steps, options);
  };
  const [small, large] = [textsRun(1, 4), textsRun(4, 8)];
  await loop.accumulate(small, 1, 0);
  await loop.update(0.01);
  for (const one of [small, large, small]) await loop.accumulate(one, 1, 0);
  await loop.update(0.01);
  await loop.accumulate(large, 1, 0);
  await loop.update(0.01);
  assert.deepEqual(done, ['tried 1', 'done 1', 'tried 1', 'done 3+1']);
  await loop.dispose();
});

test('a thousand steps leave the memory as a hundred do', async () => {
  const loop = await classifierStep(CUDA, {});
  const shapes = [textsRun(2, 6), textsRun(1, 9), textsRun(3, 4), textsRun(2, 7)];
  const taken: number[] = [];
  for (let s = 1; s <= 1000; s++) {
    for (const r of [0, 1]) await loop.accumulate(shapes[(s + r) % shapes.length] as Run, 0.5, s);
    await loop.update(1e-4);
    if (s % 100 === 0) {
      await loop.results();
      taken.push(process.memoryUsage.rss() / 2 ** 20);
    }
  }
  const [warm, ...later] = taken as [number, ...number[]];
  assert.ok(Math.max(...later) < warm + 24, `MiB after each hundred steps: ${taken.map(Math.round).join(', ')}`);
  await loop.dispose();
});
