import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSameRun, metricsOf } from '../../test/support/runFiles.js';
import { writeDistillation, writeLanguageModel } from '../../test/support/tinyModels.js';
import { readSafetensorsHeader } from '../checkpoint/safetensors.js';
import { loadModel } from '../hub/modelFiles.js';
import { selectParameters } from '../models/parameters.js';
import { type DistillConfig, distillConfig } from '../protocol/distillConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { runDistill } from './distill.js';
import { maskedLmShapes } from './languageModelSources.js';

const folder = mkdtempSync(join(tmpdir(), 'distill-'));
after(() => rmSync(folder, { recursive: true }));

const SMALL = {
  numEpochs: 1,
  batchSize: 16,
  gradientAccumulationSteps: 1,
  logSteps: 1,
  checkpointSteps: 2,
  maxSteps: 6,
};

/** A config of a tiny distillation, its models and text beside it. */
async function configOf(changes: object): Promise<DistillConfig> {
  const file = await writeDistillation(folder, { ...SMALL, ...changes });
  return parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
}

/** Runs it; with `stopAt` until the checkpoint of that step. */
async function run(config: DistillConfig, out: string, { resume = false, stopAt = Number.POSITIVE_INFINITY } = {}) {
  const stop = new AbortController();
  await runDistill(config, {
    out,
    resume,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'checkpoint' && event.globalStep >= stopAt) stop.abort();
    },
  });
}

const namesIn = async (file: string) => (await readSafetensorsHeader(file)).map(({ name }) => name);

test('a narrower student learns by every loss through projections that it does not keep, and goes on exactly', async () => {
  const config = await configOf({
    student: { layers: 1, hidden: 8, heads: 2, ffn: 12 },
    studentInit: 'random',
    initializerRange: 0.2,
    alphaCe: [5, 1],
    temperature: [4, 1],
    alphaMse: 0.01,
    alphaHidden: [0, 1],
    alphaAttention: 0.1,
    alphaRelation: 1,
    relationHeads: 4,
  });
  const whole = join(folder, 'narrow');
  await run(config, whole);
  const steps = metricsOf(whole).filter(({ type }) => type === 'step');
  assert.equal(steps.length, 6);
  for (const { losses } of steps) {
    const names = ['total', 'mlm', 'ce', 'mse', 'cos', 'hidden', 'attention', 'relation'];
    assert.deepEqual(Object.keys(losses as object).sort(), names.sort());
  }
  // The total is made of weights that move from the first step to the last.
  const at = (step: number) => steps[step]?.losses as Record<string, number>;
  for (const [step, ce, hidden] of [
    [0, 5, 0],
    [2, 3.4, 0.4],
    [5, 1, 1],
  ] as const) {
    const l = at(step) as Record<'total' | 'ce' | 'mlm' | 'mse' | 'cos' | 'hidden' | 'attention' | 'relation', number>;
    const sum = ce * l.ce + 2 * l.mlm + 0.01 * l.mse + l.cos + hidden * l.hidden + 0.1 * l.attention + l.relation;
    assert.ok(Math.abs(l.total - sum) < 1e-5 * sum, `step ${step}: ${l.total} instead of ${sum}`);
  }

  const projections = ['projection.embeddings.weight', 'projection.hidden.weight'];
  const checkpoint = join(whole, 'checkpoints', readdirSync(join(whole, 'checkpoints')).at(-1) as string);
  const saved = await namesIn(join(checkpoint, 'model.safetensors'));
  assert.deepEqual(saved.filter((name) => name.startsWith('projection.')).sort(), projections);
  const final = await loadModel(join(whole, 'final'));
  assert.deepEqual([final.config.hiddenSize, final.config.heads, final.config.initializerRange], [8, 2, 0.2]);
  assert.deepEqual([...final.weights.keys()].sort(), [...maskedLmShapes(final.config).keys()].sort());
  selectParameters(maskedLmShapes(final.config), final.weights, 'final');

  const stopped = join(folder, 'narrow-stopped');
  await run(config, stopped, { stopAt: 4 });
  assert.ok(!existsSync(join(stopped, 'final')));
  await run(config, stopped, { resume: true });
  assertSameRun(stopped, whole);
});

for (const modelType of ['roberta', 'distilbert'] as const) {
  test(`a ${modelType} teaches`, async () => {
    const file = await writeDistillation(folder, SMALL);
    const teacher = join(folder, modelType);
    // A RoBERTa's 64 positions are of 62 pieces: its padding has id 1 here.
    await writeLanguageModel(teacher, modelType, { layers: 3, padTokenId: modelType === 'roberta' ? 1 : 0 });
    const settings = { ...JSON.parse(readFileSync(file, 'utf8')), teacher, alphaHidden: 1, alphaRelation: 1 };
    const student = { layers: 2 };
    const config = distillConfig.parse({
      ...settings,
      student,
      relationHeads: 2,
      teacherLayers: 'last',
      maxSeqLength: 62,
    });
    const out = join(folder, `by-${modelType}`);
    await run(config, out);
    const losses = metricsOf(out).filter(({ type }) => type === 'step');
    const total = (at: number) => (losses.at(at)?.losses as { total: number }).total;
    assert.ok(total(-1) < total(0), `${total(-1)} after ${total(0)}`);
    const { config: made } = await loadModel(join(out, 'final'));
    assert.deepEqual([made.modelType, made.maxPositions], ['distilbert', modelType === 'roberta' ? 62 : 64]);
  });
}

test('by relations alone, what lies above them stays as it was, and the model is whole', async () => {
  const student = join(folder, 'relation-student');
  await writeLanguageModel(student, 'distilbert', { layers: 2 });
  const config = await configOf({ student, alphaCe: 0, alphaMlm: 0, alphaCos: 0, alphaRelation: 1, relationHeads: 8 });
  const out = join(folder, 'relations');
  await run(config, out);
  const [before, after] = [await loadModel(student), await loadModel(join(out, 'final'))];
  assert.deepEqual([...after.weights.keys()].sort(), [...before.weights.keys()].sort());
  const changed = [...after.weights].filter(([name, { data }]) => {
    const other = before.weights.get(name)?.data as Float32Array;
    return data.some((x, i) => x !== other[i]);
  });
  const names = changed.map(([name]) => name);
  assert.ok(names.includes('distilbert.transformer.layer.1.attention.v_lin.weight'));
  assert.ok(!names.some((name) => /layer\.1\.(ffn|attention\.out_lin)|^vocab/.test(name)), `${names}`);
});

test('position and token type embeddings of a BERT stay as they are when they are frozen', async () => {
  const student = join(folder, 'bert-student');
  await writeLanguageModel(student, 'bert', { layers: 1 });
  const config = await configOf({ student, freezePositionEmbeddings: true, freezeTokenTypeEmbeddings: true });
  const out = join(folder, 'frozen');
  await run(config, out);
  const [before, after] = [await loadModel(student), await loadModel(join(out, 'final'))];
  const same = (name: string) =>
    assert.deepEqual(after.weights.get(`bert.${name}.weight`), before.weights.get(`bert.${name}.weight`), name);
  same('embeddings.token_type_embeddings');
  same('embeddings.position_embeddings');
  assert.throws(() => same('embeddings.word_embeddings'));
});
