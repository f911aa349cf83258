import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { violations } from '../../test/support/jsonSchema.js';
import { distillConfig } from './distillConfig.js';
import { editorSchemas } from './editorSchema.js';
import { finetuneConfig } from './finetuneConfig.js';
import { parseConfig } from './parseConfig.js';
import { PRESET_FILES } from './presets.js';
import { pretrainConfig } from './pretrainConfig.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readJson = (file: string) => JSON.parse(readFileSync(`${root}${file}`, 'utf8')) as Record<string, unknown>;

const schemas = editorSchemas();
const DISTILL = { teacher: 't', corpus: ['c.txt'] };
const FINETUNE = { model: 'm', train: 't' };
const PRETRAIN = { vocab: 'vocab.txt', corpus: ['c.txt'] };

test('each schema accepts the least config, the sample’s config and the presets', () => {
  assert.deepEqual(violations(schemas.distill, DISTILL), []);
  assert.deepEqual(violations(schemas.finetune, FINETUNE), []);
  assert.deepEqual(violations(schemas.pretrain, PRETRAIN), []);
  assert.deepEqual(violations(schemas.distill, readJson('media/sample/sample.distill.json')), []);
  assert.deepEqual(violations(schemas.pretrain, readJson('media/sample/teacher.pretrain.json')), []);
  for (const file of Object.values(PRESET_FILES.distill))
    assert.deepEqual(violations(schemas.distill, { ...DISTILL, ...readJson(file) }), [], file);
  for (const file of Object.values(PRESET_FILES.finetune))
    assert.deepEqual(violations(schemas.finetune, { ...FINETUNE, ...readJson(file) }), [], file);
});

test('each schema rejects what the trainer rejects: unknown, missing and wrong', () => {
  for (const [schema, least] of [
    [schemas.distill, DISTILL],
    [schemas.finetune, FINETUNE],
    [schemas.pretrain, PRETRAIN],
  ] as const) {
    const refused = (changes: Record<string, unknown>) => violations(schema, { ...least, ...changes });
    assert.deepEqual(refused({ learning_rate: 1 }), ['learning_rate is not allowed']);
    assert.deepEqual(refused({ batchSize: '32' }), ['batchSize: not of type integer']);
    assert.deepEqual(refused({ batchSize: 0 }), ['batchSize: too small']);
    assert.deepEqual(refused({ learningRate: 0 }), ['learningRate: too small']);
    assert.deepEqual(refused({ device: 'gpu' }), ['device: not one of the allowed values']);
    assert.deepEqual(refused({ maxMinutes: 'five' }), ['maxMinutes: fits no alternative']);
    assert.deepEqual(refused({ maxMinutes: null }), []);
    const missing = Object.keys(least).map((key) => `${key} is missing`);
    assert.deepEqual(violations(schema, {}).sort(), missing.sort());
  }
  const weighted = (classWeights: unknown) => violations(schemas.finetune, { ...FINETUNE, classWeights });
  assert.deepEqual([weighted({ 映画: 2 }), weighted('balanced'), weighted(null)], [[], [], []]);
  assert.deepEqual(weighted({ 映画: 0 }), ['classWeights: fits no alternative']);
  assert.deepEqual(violations(schemas.distill, { ...DISTILL, student: { layer: 2 } }), [
    'student: fits no alternative',
  ]);
  assert.deepEqual(violations(schemas.distill, { ...DISTILL, corpus: [] }), ['corpus: too few items']);
});

test('every setting has a description and, unless it is required, a default; limits are real ones', () => {
  for (const schema of Object.values(schemas)) {
    assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
    const { $schema, ...settings } = schema.properties as Record<string, { description?: string }>;
    assert.ok($schema?.description);
    for (const [key, setting] of Object.entries(settings)) {
      assert.ok(setting.description, key);
      assert.equal('default' in setting, !(schema.required as string[]).includes(key), key);
    }
    assert.doesNotMatch(JSON.stringify(schema), /9007199254740991|"path":true/);
  }
});

test('a config may name its schema', () => {
  const $schema = '../dist/schemas/distill.schema.json';
  assert.deepEqual(violations(schemas.distill, { $schema, ...DISTILL }), []);
  assert.notDeepEqual(violations(schemas.distill, { $schema: 1, ...DISTILL }), []);
  const parse = (config: object) => parseConfig(distillConfig, JSON.stringify(config), 'a.distill.json');
  assert.deepEqual(parse({ $schema, ...DISTILL }), parse(DISTILL));
  assert.deepEqual(
    Object.keys(parseConfig(finetuneConfig, JSON.stringify({ $schema, ...FINETUNE }), 'f')).includes('$schema'),
    false,
  );
  assert.ok(parseConfig(pretrainConfig, JSON.stringify({ $schema, ...PRETRAIN }), 'p'));
  assert.throws(() => parse({ ...DISTILL, student: { $schema } }), /configUnknownKey/);
});

test('the build has written these schemas where package.json says', () => {
  const { contributes } = readJson('package.json') as {
    contributes: { jsonValidation: { fileMatch: string; url: string }[] };
  };
  const built = Object.fromEntries(contributes.jsonValidation.map(({ fileMatch, url }) => [fileMatch, readJson(url)]));
  assert.deepEqual(built, {
    '*.distill.json': schemas.distill,
    '*.finetune.json': schemas.finetune,
    '*.pretrain.json': schemas.pretrain,
    '*.sweep.json': schemas.sweep,
  });
});
