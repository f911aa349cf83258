import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { distillConfig } from './distillConfig.js';
import { finetuneConfig } from './finetuneConfig.js';
import { checkConfig } from './parseConfig.js';
import { PRESET_FILES, PRESETS, type Preset } from './presets.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string) => JSON.parse(readFileSync(`${root}${file}`, 'utf8')) as Record<string, unknown>;
const PATHS = { distill: { teacher: 't', corpus: ['c.txt'] }, finetune: { model: 'm', train: 't.tsv', dev: 'd.tsv' } };

function distill(preset: Preset) {
  const file = PRESET_FILES.distill[preset];
  return checkConfig(distillConfig, { ...PATHS.distill, ...read(file) }, () => ({ file, line: null }));
}

function finetune(preset: Preset) {
  const file = PRESET_FILES.finetune[preset];
  return checkConfig(finetuneConfig, { ...PATHS.finetune, ...read(file) }, () => ({ file, line: null }));
}

/** Asserts that these settings have these values, and names the one that has not. */
function holds(config: Record<string, unknown>, expected: Record<string, unknown>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, config[key]])), expected);
}

/** Every setting by its path, such as `student.layers`, as JSON. */
function leaves(value: unknown, path = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [path]: JSON.stringify(value) };
  const inner = Object.entries(value).map(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`));
  return Object.assign({}, ...inner) as Record<string, string>;
}

test('there is a file for every preset and no other, and none brings a path along', () => {
  const files = Object.values(PRESET_FILES).flatMap((byPreset) => PRESETS.map((preset) => byPreset[preset]));
  assert.deepEqual(readdirSync(`${root}media/presets`).sort(), files.map((file) => file.split('/').at(-1)).sort());
  const paths = Object.values(PATHS).flatMap((config) => Object.keys(config));
  for (const file of files) {
    assert.deepEqual(
      paths.filter((key) => key in read(file)),
      [],
      file,
    );
  }
});

test('published: DistilBERT-base-jp as it was distilled, with the defaults of distiller.py', () => {
  const config = distill('published');
  holds(config, { alphaCe: 5, alphaMlm: 2, alphaClm: 0, alphaMse: 0, alphaCos: 1, temperature: 2 });
  holds(config, { studentInit: 'random', freezePositionEmbeddings: true, wholeWordMasking: false });
  holds(config, { restrictCeToMask: false, maxSeqLength: 512, dropout: 0.1, groupByLength: true });
  holds(config, { mlmMaskProp: 0.15, wordMask: 0.8, wordKeep: 0.1, wordRand: 0.1, mlmSmoothing: 0.7 });
  holds(config, { batchSize: 5, gradientAccumulationSteps: 50, learningRate: 5e-4, weightDecay: 0 });
  holds(config, { adamBeta1: 0.9, adamBeta2: 0.98, adamEpsilon: 1e-6, warmupProportion: 0.05, maxGradNorm: 5 });
  holds(config, { initializerRange: 0.02, freezeTokenTypeEmbeddings: false, precision: 'fp32' });
  holds(config, { alphaHidden: 0, alphaAttention: 0, alphaRelation: 0 });
  holds(config, { numEpochs: 3, seed: 56, maxSteps: null, maxMinutes: null });
  // Width, heads and positions are the teacher's, as they were then.
  holds(config.student as Record<string, unknown>, {
    layers: 6,
    hidden: null,
    heads: null,
    ffn: null,
    maxPositionEmbeddings: null,
    sinusoidalPositionEmbeddings: true,
  });
});

test('recommended differs in what docs/distillation.md names with both values and a reason, and in nothing else', () => {
  const [published, recommended] = [leaves(distill('published')), leaves(distill('recommended'))];
  const differing = Object.keys(published).filter((key) => published[key] !== recommended[key]);
  const section = readFileSync(`${root}docs/distillation.md`, 'utf8')
    .split('\n## ')
    .find((each) => each.startsWith('Presets'));
  const rows = [...section!.matchAll(/^\| `(.+?)` \| `(.+?)` \| `(.+?)` \| (.+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, key, before, after]) => [key, before, after]).sort(),
    differing.map((key) => [key, published[key], recommended[key]]).sort(),
  );
  holds(distill('recommended'), { studentInit: 'teacher-layers', validationSequences: 256, patience: null });
  for (const [, key, , , reason] of rows) assert.ok(reason!.length > 30, key);
});

test('quick: a small student in five minutes, a classifier in one', () => {
  const config = distill('quick');
  holds(config, { maxSeqLength: 128, maxMinutes: 5, gradientAccumulationSteps: 1, studentInit: 'teacher-layers' });
  holds(config.student as Record<string, unknown>, { layers: 2 });
  holds(finetune('quick'), { maxSeqLength: 64, maxMinutes: 1, warmupProportion: 0.1, learningRate: 3e-4 });
});

/** Every setting of a fine-tuning but paths and where it runs, as run_glue.py has it with the article's flags. */
const RUN_GLUE = {
  maxSeqLength: 128,
  metric: 'macro-f1',
  patience: null,
  dropout: null,
  labelSmoothing: 0,
  classWeights: null,
  layerwiseLrDecay: 1,
  groupByLength: false,
  batchSize: 32,
  gradientAccumulationSteps: 1,
  learningRate: 2e-5,
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamEpsilon: 1e-8,
  weightDecay: 0,
  warmupProportion: 0,
  maxGradNorm: 1,
  numEpochs: 100,
  seed: 42,
};

test('published fine-tuning: 100 epochs of run_glue.py, with nothing left to defaults', () => {
  assert.deepEqual(read(PRESET_FILES.finetune.published), RUN_GLUE);
  holds(finetune('published'), { maxSteps: null, maxMinutes: null });
});

test('recommended fine-tuning differs in what docs/finetuning.md gives the reasons of, and in nothing else', () => {
  const differences = {
    patience: 3,
    groupByLength: true,
    learningRate: 5e-5,
    weightDecay: 0.01,
    warmupProportion: 0.1,
    numEpochs: 20,
  };
  assert.deepEqual(read(PRESET_FILES.finetune.recommended), { ...RUN_GLUE, ...differences });
  holds(finetune('recommended'), { maxSteps: null, maxMinutes: null });
  const reasons = readFileSync(`${root}docs/finetuning.md`, 'utf8');
  for (const key of Object.keys(differences)) assert.match(reasons, new RegExp(`^\\| \`${key}\` \\|`, 'm'), key);
});
