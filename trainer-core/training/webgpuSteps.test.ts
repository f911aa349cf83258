import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useSoftwareVulkan, softwareGpu as webgpu } from '../../test/support/softwareVulkan.js';
import { teacherInMemory, tinyConfig } from '../../test/support/tinyModels.js';
import { classificationFeeds } from '../classify/classificationGraph.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import type { ModelConfig } from '../models/config.js';
import { initialParameters, parameterShapes } from '../models/parameters.js';
import { PROBLEM_TYPES } from '../protocol/problemType.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { float32 } from '../runtime/hostTensor.js';
import { classifierLosses } from './classifierLosses.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import { randomWeights } from './languageModelSources.js';
import { LanguageModelStep } from './languageModelStep.js';
import type { LanguageModelLosses } from './lossSettings.js';
import { initialProjections } from './projection.js';
import type { Teacher } from './teacher.js';
import type { TopPredictions, TopRows } from './topPredictions.js';
import { TopPredictor } from './topPredictor.js';
import { createTrainStep, type Run, type StepResult, type TrainStep } from './trainStep.js';
import { Validator } from './validator.js';

const skip = useSoftwareVulkan();
const cpu = cpuDevice(1);
const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.01, maxGradNorm: 5 };

const VOCABULARY = 40;
const LENGTH = 10;
const shape = { vocabSize: VOCABULARY, maxPositions: 14, layers: 2 };
const student = tinyConfig('distilbert', { ...shape, layers: 1 });
const bert = tinyConfig('bert', shape);
const wide = tinyConfig('bert', { ...shape, hiddenSize: 24 });
const roberta = tinyConfig('roberta', { ...shape, padTokenId: 1 });

/** Four sequences, of which one has nothing to predict: cut into runs, one of them has no labelled row. */
function batch(): LanguageModelBatch {
  const random = Random.fromSeed(4);
  const lengths = Int32Array.of(4, 10, 7, 5);
  const inputIds = new Int32Array(4 * LENGTH);
  const labels = new Int32Array(4 * LENGTH).fill(IGNORED_LABEL);
  lengths.forEach((length, b) => {
    for (let s = 0; s < length; s++) inputIds[b * LENGTH + s] = 5 + random.below(VOCABULARY - 5);
  });
  for (const at of [1, 12, 21, 22, 26]) labels[at] = 5 + random.below(VOCABULARY - 5);
  return { batchSize: 4, sequenceLength: LENGTH, inputIds, labels, lengths, sequences: [30, 10, 20, 40] };
}

interface Trained {
  results: StepResult[];
  gradients: NamedTensors;
  weights: NamedTensors;
}

/** Two steps with all runs of the batch in each. */
async function trained(step: TrainStep, runs: () => AsyncIterable<Run> | Iterable<Run>): Promise<Trained> {
  const results: StepResult[] = [];
  let gradients: NamedTensors = new Map();
  for (let i = 0; i < 2; i++) {
    let seed = 10 * i;
    for await (const run of runs()) await step.accumulate(run, 1, seed++);
    if (i === 0) gradients = new Map([...(await step.gradients())].map(([name, t]) => [name, copy(t)]));
    results.push(...(await step.update(1e-3)));
  }
  results.push(...(await step.results()));
  await step.pull();
  const weights = new Map([...step.store.views(step.store.values)].map(([name, t]) => [name, copy(t)]));
  return { results, gradients, weights };
}

const greatest = (data: Float32Array) => data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
const copy = ({ data, dims }: FloatTensor): FloatTensor => ({ data: data.slice(), dims });

/** @param tolerance of a gradient, relative to the greatest number of its tensor. */
function assertSameTraining(got: Trained, expected: Trained, tolerance = 2e-5): void {
  assert.equal(got.results.length, 2);
  expected.results.forEach((result, i) => {
    const other = got.results[i] as StepResult;
    close(other.gradNorm, result.gradNorm, 1e-4, 'norm');
    assert.equal(other.runs.length, result.runs.length);
    result.runs.forEach((run, r) => {
      for (const [name, loss] of Object.entries(run)) close(other.runs[r]?.[name], loss, 1e-4, `${name} of run ${r}`);
    });
  });
  assert.deepEqual([...got.gradients.keys()], [...expected.gradients.keys()]);
  // Some gradients are nothing but rounding: a bias of keys moves no attention.
  const least = 1e-2 * Math.max(...[...expected.gradients.values()].map(({ data }) => greatest(data)));
  for (const [name, { data }] of expected.gradients) {
    const other = got.gradients.get(name) as FloatTensor;
    const scale = Math.max(greatest(data), least);
    data.forEach((x, i) => {
      close(other.data[i], x, tolerance * scale, `gradient of ${name}`, 0);
    });
  }
  for (const [name, { data }] of expected.weights) {
    const [gradient, other] = [expected.gradients.get(name), got.weights.get(name)] as [FloatTensor, FloatTensor];
    data.forEach((x, i) => {
      // Adam divides a gradient by its own size: where it is nothing but rounding, so is the way a weight goes.
      if (Math.abs(gradient.data[i] as number) > least / 10) close(other.data[i], x, 1e-5, `weight of ${name}`, 1);
    });
  }
}

function close(
  got: number | undefined,
  expected: number,
  tolerance: number,
  what: string,
  relativeTo = Math.abs(expected),
) {
  const error = Math.abs((got as number) - expected);
  assert.ok(error <= tolerance * (relativeTo || 1), `${what}: ${got}, not ${expected}`);
}

interface LanguageCase {
  name: string;
  teacher: ModelConfig | null;
  losses: LanguageModelLosses;
}

const still = { temperature: 2, restrictCeToMask: false };
const languageCases: LanguageCase[] = [
  { name: 'pre-training', teacher: null, losses: { ...still, weights: { mlm: 1 } } },
  { name: 'causal pre-training', teacher: null, losses: { ...still, weights: { clm: 1 } } },
  { name: 'the recipe', teacher: bert, losses: { ...still, weights: { ce: 5, mlm: 2, cos: 1 } } },
  {
    name: 'labelled rows only, of a RoBERTa, with its logits',
    teacher: roberta,
    losses: { temperature: [4, 2], restrictCeToMask: true, weights: { ce: [5, 1], mlm: 2, mse: 0.1 } },
  },
  {
    name: 'what lies inside, of a wider teacher',
    teacher: wide,
    losses: {
      ...still,
      weights: { mlm: 2, hidden: 1, attention: 1, relation: 1, cos: 1 },
      matchedLayers: [1],
      relation: { teacherLayer: 0, heads: 4 },
    },
  },
  { name: 'the most probable pieces', teacher: bert, losses: { ...still, weights: { ce: 5, mlm: 2 }, topK: 3 } },
];

async function topOf(teacher: Teacher, k: number, device: Device): Promise<TopPredictions> {
  const predictor = await TopPredictor.compile({ teacher, k, temperature: 2, device });
  const known = new Map<number, TopRows>();
  for await (const [sequence, rows] of predictor.predict(batch(), false)) known.set(sequence, rows);
  await predictor.dispose();
  return { k, of: (sequences) => sequences.map((i) => known.get(i) as TopRows) };
}

for (const { name, teacher, losses } of languageCases) {
  test(`two steps on a GPU are two steps on the CPU: ${name}`, { skip }, async () => {
    const on = async (device: Device) => {
      const of = teacher && teacherInMemory(teacher, randomWeights(teacher, 3));
      const draws = Random.fromSeed(5);
      const weights = new Map([
        ...randomWeights(student, 5),
        ...initialProjections(student.hiddenSize, teacher?.hiddenSize ?? student.hiddenSize, 0.4, () => draws.normal()),
      ]);
      const model = await LanguageModelStep.create({
        student: { config: student, weights, source: 'student' },
        teacher: of,
        losses,
        layout: { labelledChunks: 2, otherChunks: 3, tokensPerRun: 21 },
        frozen: [],
        adamw,
        accumulate: true,
        device,
      });
      const predictions = of && losses.topK ? await topOf(of, losses.topK, device) : null;
      const result = await trained(model.step, () => model.runs([batch()], 0.5, predictions));
      await model.dispose();
      return result;
    };
    assertSameTraining(await on(webgpu), await on(cpu));
  });
}

for (const problemType of PROBLEM_TYPES) {
  for (const soft of [null, { temperature: 2, alphaCe: 0.7, alphaLabels: 0.3 }]) {
    test(
      `two steps on a GPU are two steps on the CPU: ${problemType}${soft ? ' with a teacher' : ''}`,
      { skip },
      async () => {
        const config = { ...bert, labels: ['a', 'b', 'c'], problemType };
        const random = Random.fromSeed(6);
        const column = (rows: number) => float32(new Float32Array(rows).fill(1 / 8), [rows, 1]);
        const numbers = (rows: number) =>
          float32(
            Float32Array.from({ length: rows * 3 }, () => random.float()),
            [rows, 3],
          );
        const runs = [3, 1].map(
          (rows): Run => ({
            feeds: {
              ...classificationFeeds({
                batchSize: rows,
                sequenceLength: LENGTH,
                ids: Int32Array.from({ length: rows * LENGTH }, () => 5 + random.below(VOCABULARY - 5)),
                lengths: Int32Array.from({ length: rows }, (_, i) => LENGTH - i),
                wordStarts: new Uint8Array(rows * LENGTH),
              }),
              targets: numbers(rows),
              labelsWeight: column(rows),
              ...(soft && { teacherLogits: numbers(rows), ceWeight: column(rows) }),
            },
          }),
        );
        const on = async (device: Device) => {
          const { graph, total, losses } = classifierLosses(config, soft);
          const draws = Random.fromSeed(7);
          const weights = initialParameters(parameterShapes(graph), config, () => draws.normal());
          const step = await createTrainStep({
            ...{ graph, loss: total, reported: { total, ...losses }, weights, adamw, accumulate: true, device },
            rateOf: (name) => (name.startsWith('classifier') ? 2 : 1),
          });
          const result = await trained(step, () => runs);
          await step.dispose();
          return result;
        };
        assertSameTraining(await on(webgpu), await on(cpu));
      },
    );
  }
}

test('held-out sequences score on a GPU as they do on the CPU', { skip }, async () => {
  const score = async (device: Device, causal: boolean) => {
    const of = { student, weights: randomWeights(student, 5), teacher: teacherInMemory(bert, randomWeights(bert, 3)) };
    const validator = await Validator.create({ ...of, batches: [batch()], causal, device });
    const { metrics } = await validator.score();
    await validator.dispose();
    return metrics;
  };
  for (const causal of [false, true]) {
    const [gpu, expected] = [await score(webgpu, causal), await score(cpu, causal)];
    assert.deepEqual(Object.keys(gpu), Object.keys(expected));
    for (const [name, x] of Object.entries(expected)) close(gpu[name], x, 1e-5, name);
  }
});
