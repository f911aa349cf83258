import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accumulated } from '../../test/support/steps.js';
import { tinyConfig, writeLanguageModel } from '../../test/support/tinyModels.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { loadModel } from '../hub/modelFiles.js';
import { cpuDevice } from '../runtime/devices.js';
import { type LanguageModelBatch, languageModelRuns, nextIds } from './languageModelBatch.js';
import { randomWeights } from './languageModelSources.js';
import { type LanguageModelLayout, LanguageModelStep } from './languageModelStep.js';
import type { LanguageModelLosses } from './lossSettings.js';
import { type Teacher, teacherOf } from './teacher.js';
import type { TopPredictions, TopRows } from './topPredictions.js';
import { TopPredictor } from './topPredictor.js';

const folder = mkdtempSync(join(tmpdir(), 'step-'));
after(() => rmSync(folder, { recursive: true }));

const LENGTH = 10;
const random = Random.fromSeed(4);

/** Four sequences of 4 to 10 ids; only the third has anything to predict, so other runs have no labelled row. */
function batchOf(vocabSize: number): LanguageModelBatch {
  const lengths = Int32Array.of(4, 10, 7, 5);
  const inputIds = new Int32Array(4 * LENGTH);
  const labels = new Int32Array(4 * LENGTH).fill(IGNORED_LABEL);
  lengths.forEach((length, b) => {
    for (let s = 0; s < length; s++) inputIds[b * LENGTH + s] = 5 + random.below(vocabSize - 5);
  });
  for (const s of [1, 2, 6]) labels[2 * LENGTH + s] = 5 + random.below(vocabSize - 5);
  return { batchSize: 4, sequenceLength: LENGTH, inputIds, labels, lengths, sequences: [30, 10, 20, 40] };
}

interface Result {
  losses: Record<string, number>;
  gradients: Map<string, Float32Array>;
}

/** Losses and gradients of a student without dropout against the teacher. */
async function resultOf(
  teacher: Teacher,
  layout: LanguageModelLayout,
  losses: LanguageModelLosses,
  progress = 0,
  predictions: TopPredictions | null = null,
): Promise<Result> {
  const { vocabSize } = teacher.config;
  const student = tinyConfig('distilbert', { vocabSize, layers: 1, hiddenDropout: 0, attentionDropout: 0 });
  const model = await LanguageModelStep.create({
    student: { config: student, weights: randomWeights(student, 5), source: 'student' },
    teacher,
    losses,
    layout,
    frozen: [],
    adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 5 },
    accumulate: true,
    device: cpuDevice(1),
  });
  const sums: Record<string, number> = {};
  for await (const run of model.runs([BATCH], progress, predictions)) {
    for (const [name, loss] of Object.entries(await accumulated(model.step, run, 1, 0)))
      sums[name] = (sums[name] ?? 0) + loss;
  }
  const gradients = new Map([...(await model.step.gradients())].map(([name, { data }]) => [name, data.slice()]));
  await model.dispose();
  return { losses: sums, gradients };
}

function assertSame(got: Result, expected: Result, what: string): void {
  assert.deepEqual(Object.keys(got.losses), Object.keys(expected.losses));
  for (const [name, loss] of Object.entries(expected.losses))
    assert.ok(Math.abs((got.losses[name] as number) - loss) < 1e-5 * Math.max(1, loss), `${name} ${what}`);
  for (const [name, gradient] of expected.gradients) {
    const other = got.gradients.get(name) as Float32Array;
    const scale = gradient.reduce((max, x) => Math.max(max, Math.abs(x)), 1);
    const worst = gradient.reduce((max, x, i) => Math.max(max, Math.abs(x - (other[i] as number))), 0);
    assert.ok(worst < 1e-5 * scale, `${name}: ${worst} of ${scale}, ${what}`);
  }
}

let teacher: Teacher;
let BATCH: LanguageModelBatch;
before(async () => {
  const config = await writeLanguageModel(join(folder, 'teacher'), 'bert');
  teacher = await teacherOf(await loadModel(join(folder, 'teacher')));
  BATCH = batchOf(config.vocabSize);
});

/** What the teacher predicts for the sequences of the batch. */
async function topOf(of: Teacher, k: number, restrictCeToMask: boolean): Promise<TopPredictions> {
  const predictor = await TopPredictor.compile({ teacher: of, k, temperature: 2, device: cpuDevice(1) });
  const known = new Map<number, TopRows>();
  for await (const [sequence, rows] of predictor.predict(BATCH, restrictCeToMask)) known.set(sequence, rows);
  await predictor.dispose();
  return { k, of: (sequences) => sequences.map((i) => known.get(i) as TopRows) };
}

test('with all pieces among the top k, losses and gradients are those of the whole vocabulary', async () => {
  const layout = { labelledChunks: 2, otherChunks: 2, tokensPerRun: 21 };
  for (const restrictCeToMask of [false, true]) {
    const losses = { weights: { ce: 5, mlm: 2 }, temperature: 2, restrictCeToMask };
    const expected = await resultOf(teacher, layout, losses);
    assert.ok((expected.losses.ce as number) > 0.01);
    const topK = teacher.config.vocabSize;
    const predictions = await topOf(teacher, topK, restrictCeToMask);
    const got = await resultOf(teacher, layout, { ...losses, topK }, 0, predictions);
    assertSame(got, expected, `of ${topK}, restricted: ${restrictCeToMask}`);
  }
});

test('however a batch is cut, the loss of the top k is the same, and less than the whole', async () => {
  const weights = { ce: 5, mlm: 2 };
  const whole = { labelledChunks: 1, otherChunks: 1, tokensPerRun: 40 };
  for (const restrictCeToMask of [false, true]) {
    const losses = { weights, temperature: 2, restrictCeToMask, topK: 3 };
    const predictions = await topOf(teacher, 3, restrictCeToMask);
    const expected = await resultOf(teacher, whole, losses, 0, predictions);
    const { topK: _, ...all } = losses;
    const unbounded = (await resultOf(teacher, whole, all)).losses.ce as number;
    // What is merged is nearer to each other: the divergence of k + 1 outcomes is at most that of all.
    assert.ok((expected.losses.ce as number) > 0.01 && (expected.losses.ce as number) < unbounded);
    for (const cut of [
      { labelledChunks: 1, otherChunks: 1, tokensPerRun: 1 },
      { labelledChunks: 2, otherChunks: 3, tokensPerRun: 21 },
    ])
      assertSame(await resultOf(teacher, cut, losses, 0, predictions), expected, JSON.stringify(cut));
  }
});

test('however a batch is cut into runs and chunks, losses and gradients are the same, also for runs with nothing to predict', async () => {
  const whole = { labelledChunks: 1, otherChunks: 1, tokensPerRun: 40 };
  const cuts = [
    { labelledChunks: 1, otherChunks: 1, tokensPerRun: 1 },
    { labelledChunks: 2, otherChunks: 3, tokensPerRun: 21 },
    { labelledChunks: 5, otherChunks: 1, tokensPerRun: 40 },
  ];
  const inner = { matchedLayers: [1], relation: { teacherLayer: 0, heads: 4 } };
  for (const [weights, restrictCeToMask] of [
    [{ ce: 5, mlm: 2, cos: 1 }, false],
    [{ ce: 5, mlm: 2, mse: 0.1 }, true],
    [{ mlm: 1 }, false],
    [{ mlm: 2, hidden: 1, attention: 1, relation: 1 }, false],
  ] as const) {
    const losses = { weights, temperature: 2, restrictCeToMask, ...inner };
    const expected = await resultOf(teacher, whole, losses);
    assert.ok(Object.values(expected.losses).every((loss) => loss > 0.01));
    for (const cut of cuts) assertSame(await resultOf(teacher, cut, losses), expected, JSON.stringify(cut));
  }
});

test('weights and temperature that move are at every step what they would be if they stood still there', async () => {
  const layout = { labelledChunks: 1, otherChunks: 2, tokensPerRun: 21 };
  const still = { restrictCeToMask: false, matchedLayers: [1] };
  const moving = { ...still, weights: { ce: [5, 1], mlm: [0, 2], cos: 1, hidden: [4, 0] }, temperature: [4, 2] };
  const moments = [
    { progress: 0, weights: { ce: 5, mlm: 1e-30, cos: 1, hidden: 4 }, temperature: 4 },
    { progress: 0.25, weights: { ce: 4, mlm: 0.5, cos: 1, hidden: 3 }, temperature: 3.5 },
    { progress: 1, weights: { ce: 1, mlm: 2, cos: 1, hidden: 1e-30 }, temperature: 2 },
  ];
  for (const { progress, ...at } of moments) {
    const expected = await resultOf(teacher, layout, { ...still, ...at });
    assertSame(await resultOf(teacher, layout, moving, progress), expected, `${progress}`);
  }
});

const CUT = { labelledChunks: 2, otherChunks: 2, restrictCeToMask: false, attentionMask: true, tokensPerRun: 30 };

test('runs hold sequences of like length, longest first, their real rows, those with a label first, and what each weighs', () => {
  const batch = batchOf(50);
  const [first, second] = languageModelRuns([batch], CUT);
  if (!first || !second) throw new Error('two runs were expected');
  // Lengths 10, 7 and 5 of the batch's 4, 10, 7, 5; the labelled sequence is the second of them.
  assert.deepEqual(first.feeds.input_ids?.dims, [3, 10]);
  const rows = [...(first.feeds.rows?.data ?? [])];
  assert.deepEqual(rows.slice(0, 3), [11, 12, 16]);
  assert.equal(rows.length, 10 + 7 + 5);
  assert.deepEqual(
    [...(first.feeds.labels?.data ?? [])],
    [21, 22, 26].map((at) => batch.labels[at]),
  );
  assert.deepEqual(first.bindings, { labelled0: 1, labelled1: 2, other0: 9, other1: 10 });
  assert.deepEqual(second.bindings, { labelled0: 0, labelled1: 0, other0: 2, other1: 2 });
  assert.deepEqual([...(first.feeds.labelledWeight?.data ?? [])], new Array(3).fill(Math.fround(1 / 3)));
  assert.deepEqual([...(first.feeds.comparedWeight?.data ?? [])], new Array(22).fill(Math.fround(1 / 26)));
  assert.deepEqual([...(second.feeds.realWeight?.data ?? [])], new Array(4).fill(Math.fround(1 / 26)));
  const mask = [...(first.feeds.attention_mask?.data ?? [])];
  assert.deepEqual(mask.slice(10, 20), [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  const masked = languageModelRuns([batch], { ...CUT, otherChunks: 0, restrictCeToMask: true });
  assert.deepEqual(masked[0]?.feeds.rows?.dims, [3]);
  assert.equal(masked[0]?.feeds.comparedWeight?.data[0], Math.fround(1 / 3));
});

test('sequences of several micro-batches share a run, each weighing what it weighs in its own', () => {
  const small = { ...batchOf(50), batchSize: 1, lengths: Int32Array.of(4) };
  const runs = languageModelRuns([batchOf(50), small], { ...CUT, tokensPerRun: 20 });
  assert.deepEqual(
    runs.map(({ feeds }) => feeds.input_ids?.dims),
    [
      [2, 10],
      [3, 5],
    ],
  );
  const weights = [...(runs[1]?.feeds.realWeight?.data ?? [])];
  assert.deepEqual(weights, [...new Array(5 + 4).fill(Math.fround(1 / 26)), ...new Array(4).fill(0.25)]);
});

test('padding that is seen stays as it is: without an attention mask only sequences padded alike share a run', () => {
  const shorter = { ...batchOf(50), sequenceLength: 8, batchSize: 2, lengths: Int32Array.of(3, 8) };
  const options = { ...CUT, attentionMask: false, tokensPerRun: 1000 };
  const dims = languageModelRuns([shorter, batchOf(50), shorter], options).map(({ feeds }) => feeds.input_ids?.dims);
  assert.deepEqual(dims, [
    [4, 10],
    [4, 8],
  ]);
});

test('causal labels are the next ids, none at the end of a sequence', () => {
  const none = IGNORED_LABEL;
  const ids = Int32Array.of(2, 7, 3, 0, 2, 8, 9, 3);
  assert.deepEqual([...nextIds(ids, Int32Array.of(3, 4), 4)], [7, 3, none, none, 8, 9, 3, none]);
});
