import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { accumulated } from '../../test/support/steps.js';
import { tinyConfig, writeLanguageModel } from '../../test/support/tinyModels.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { loadModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { cpuDevice } from '../runtime/devices.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import { randomWeights } from './languageModelSources.js';
import { LanguageModelStep } from './languageModelStep.js';
import { type Teacher, teacherOf } from './teacher.js';
import { Validator } from './validator.js';

const folder = mkdtempSync(join(tmpdir(), 'validator-'));
after(() => rmSync(folder, { recursive: true }));
const random = Random.fromSeed(8);

/** One label a sequence, so that the mean over a batch is the mean over its labels. */
function batchOf(rows: number, vocabSize: number): LanguageModelBatch {
  const sequenceLength = 12;
  const lengths = Int32Array.from({ length: rows }, () => 4 + random.below(9));
  const inputIds = new Int32Array(rows * sequenceLength);
  const labels = new Int32Array(inputIds.length).fill(IGNORED_LABEL);
  lengths.forEach((length, b) => {
    for (let s = 0; s < length; s++) inputIds[b * sequenceLength + s] = 5 + random.below(vocabSize - 5);
    labels[b * sequenceLength + random.below(length)] = 5 + random.below(vocabSize - 5);
  });
  return { batchSize: rows, sequenceLength, inputIds, labels, lengths };
}

async function scored(student: ModelConfig, weights: NamedTensors, teacher: Teacher | null, batch: LanguageModelBatch) {
  const validator = await Validator.create({
    student,
    weights,
    teacher,
    batches: [batch],
    causal: false,
    device: cpuDevice(1),
  });
  const evaluation = await validator.score();
  await validator.dispose();
  return evaluation;
}

test('validation finds the losses that training has on the same batch without dropout', async () => {
  const config = await writeLanguageModel(join(folder, 'teacher'), 'bert');
  const teacher = await teacherOf(await loadModel(join(folder, 'teacher')));
  const shape = { vocabSize: config.vocabSize, layers: 1, hiddenDropout: 0, attentionDropout: 0 };
  const student = tinyConfig('distilbert', shape);
  const weights = randomWeights(student, 5);
  const batch = batchOf(6, config.vocabSize);
  const model = await LanguageModelStep.create({
    student: { config: student, weights, source: 'student' },
    teacher,
    losses: { weights: { mlm: 1, ce: 1 }, temperature: 1, restrictCeToMask: true },
    layout: { labelledChunks: 1, otherChunks: 1, tokensPerRun: 1024 },
    frozen: [],
    adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 5 },
    accumulate: true,
    device: cpuDevice(1),
  });
  const losses = { mlm: 0, ce: 0 };
  for await (const run of model.runs([batch])) {
    const found = await accumulated(model.step, run, 1, 0);
    losses.mlm += found.mlm as number;
    losses.ce += found.ce as number;
  }
  await model.dispose();
  const { metrics, score } = await scored(student, weights, teacher, batch);
  const near = (a: number | undefined, b: number) => assert.ok(Math.abs((a as number) - b) <= 1e-5 * b, `${a} ${b}`);
  near(metrics.loss, losses.mlm);
  near(metrics.kl, losses.ce);
  near(metrics.perplexity, Math.exp(losses.mlm));
  assert.equal(score, -(metrics.loss as number));
});

test('a student that is its own teacher agrees with it everywhere, and one without a teacher is not compared', async () => {
  const config = await writeLanguageModel(join(folder, 'self'), 'bert');
  const loaded = await loadModel(join(folder, 'self'));
  const batch = batchOf(9, config.vocabSize);
  const { metrics } = await scored(loaded.config, loaded.weights, await teacherOf(loaded), batch);
  assert.equal(metrics.agreement, 1);
  assert.ok(Math.abs(metrics.kl as number) < 1e-6);
  const alone = await scored(loaded.config, loaded.weights, null, batch);
  assert.deepEqual(Object.keys(alone.metrics), ['loss', 'perplexity', 'accuracy']);
});

test('accuracy counts the labels that are the most probable piece', async () => {
  const config = tinyConfig('bert', { layers: 1 });
  const weights = randomWeights(config, 3);
  // With this bias every guess is piece 7.
  (weights.get('cls.predictions.bias')?.data as Float32Array)[7] = 1000;
  const batch = batchOf(8, config.vocabSize);
  const labelled = [...batch.labels.keys()].filter((i) => (batch.labels[i] as number) >= 0);
  labelled.forEach((at, i) => {
    batch.labels[at] = i < 3 ? 7 : 8;
  });
  const { metrics } = await scored(config, weights, null, batch);
  assert.equal(metrics.accuracy, 3 / 8);
});
