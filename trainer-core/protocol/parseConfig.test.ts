import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distillConfig, LAYER_CHOICES } from './distillConfig.js';
import { type ErrorCode, type ErrorData, type ImpossibleConfig, TrainerError } from './errors.js';
import { finetuneConfig } from './finetuneConfig.js';
import { parseJsonSource } from './jsonSource.js';
import { jsonSchemaOf, parseConfig } from './parseConfig.js';
import { pretrainConfig } from './pretrainConfig.js';

const FILE = 'a.distill.json';

function distill(text: string) {
  return parseConfig(distillConfig, text, FILE);
}

function failsWith<C extends ErrorCode>(text: string, code: C, data: Partial<ErrorData[C]>): void {
  assert.throws(
    () => distill(text),
    (error) => {
      assert.ok(error instanceof TrainerError, String(error));
      assert.equal(error.code, code);
      assert.deepEqual({ ...error.data, ...data }, error.data);
      return true;
    },
  );
}

const REQUIRED = '"teacher": "t", "corpus": ["c.txt"]';

test('the defaults of a distillation are the reference’s', () => {
  const config = distill(`{${REQUIRED}}`);
  assert.deepEqual(
    [config.alphaCe, config.alphaMlm, config.alphaClm, config.alphaMse, config.alphaCos, config.temperature],
    [5, 2, 0, 0, 1, 2],
  );
  assert.deepEqual([config.adamBeta1, config.adamBeta2, config.adamEpsilon, config.weightDecay], [0.9, 0.98, 1e-6, 0]);
  assert.deepEqual([config.batchSize, config.gradientAccumulationSteps, config.numEpochs], [5, 50, 3]);
  assert.deepEqual(
    [config.learningRate, config.warmupProportion, config.maxGradNorm, config.seed],
    [5e-4, 0.05, 5, 56],
  );
  assert.deepEqual(
    [config.mlmMaskProp, config.wordMask, config.wordKeep, config.wordRand, config.mlmSmoothing],
    [0.15, 0.8, 0.1, 0.1, 0.7],
  );
  assert.equal(typeof config.student === 'object' && config.student.layers, 6);
});

test('an unknown key is named with its line and the nearest key, before the key it leaves missing', () => {
  failsWith('{\n "teachr": "t",\n "corpus": ["c"]\n}', 'configUnknownKey', {
    file: FILE,
    line: 2,
    key: 'teachr',
    nearest: 'teacher',
  });
  failsWith(`{${REQUIRED},\n"learning_rate": 1}`, 'configUnknownKey', { line: 2, nearest: 'learningRate' });
  failsWith(`{${REQUIRED},\n"zebra": 1}`, 'configUnknownKey', { nearest: null });
  failsWith(`{${REQUIRED},\n"student": {\n"layer": 2}}`, 'configUnknownKey', {
    line: 3,
    key: 'student.layer',
    nearest: 'layers',
  });
});

test('a missing key is named', () => {
  failsWith('{"corpus": ["c"]}', 'configMissingKey', { file: FILE, key: 'teacher' });
});

test('a wrong type is named with what was expected and got', () => {
  failsWith(`{${REQUIRED},\n\n"numEpochs": "3"}`, 'configWrongType', {
    line: 3,
    key: 'numEpochs',
    expected: ['number'],
    got: '"3"',
  });
  failsWith(`{${REQUIRED}, "maxSteps": true}`, 'configWrongType', { expected: ['integer', 'null'] });
  failsWith(`{${REQUIRED}, "batchSize": 1.5}`, 'configWrongType', { expected: ['integer'], got: '1.5' });
  failsWith(`{${REQUIRED}, "student": 3}`, 'configWrongType', { expected: ['string', 'object'] });
  failsWith(`{${REQUIRED}, "teacherLayers": [0,\n"1"]}`, 'configWrongType', { key: 'teacherLayers.1', line: 2 });
  failsWith('[]', 'configWrongType', { key: '', expected: ['object'] });
});

test('values outside their range or list are refused', () => {
  failsWith(`{${REQUIRED}, "learningRate": 0}`, 'configOutOfRange', {
    moreThan: 0,
    atMost: 1,
    atLeast: null,
    got: '0',
  });
  failsWith(`{${REQUIRED}, "batchSize": 0}`, 'configOutOfRange', { atLeast: 1, atMost: null });
  failsWith(`{${REQUIRED}, "studentInit": "teacher"}`, 'configNotAllowed', { allowed: ['teacher-layers', 'random'] });
  failsWith(`{${REQUIRED}, "teacherLayers": "some"}`, 'configNotAllowed', { allowed: [...LAYER_CHOICES] });
  failsWith(`{${REQUIRED}, "alphaCe": -1}`, 'configOutOfRange', { key: 'alphaCe', atLeast: 0 });
  failsWith(`{${REQUIRED}, "alphaCe": [1,\n-1]}`, 'configOutOfRange', { key: 'alphaCe.1', line: 2, atLeast: 0 });
  failsWith(`{${REQUIRED}, "temperature": [2, 0]}`, 'configOutOfRange', { key: 'temperature.1', moreThan: 0 });
  for (const list of ['[1]', '[1,2,3]'])
    failsWith(`{${REQUIRED}, "alphaCe": ${list}}`, 'configListLength', { key: 'alphaCe', expected: 2, got: list });
  failsWith(`{${REQUIRED}, "alphaCe": "5"}`, 'configWrongType', { key: 'alphaCe', expected: ['number', 'array'] });
  failsWith('{"teacher": "t", "corpus": []}', 'configEmpty', { key: 'corpus' });
  failsWith('{"teacher": "", "corpus": ["c"]}', 'configEmpty', { key: 'teacher' });
});

test('settings that cannot stand together are refused', () => {
  failsWith(`{${REQUIRED},\n"wordMask": 0.9}`, 'configMaskProportions', { line: 2, sum: 1.1 });
  failsWith(`{${REQUIRED}, "alphaCe": 0, "alphaMlm": 0, "alphaCos": 0}`, 'configImpossible', { reason: 'no-loss' });
  failsWith(`{${REQUIRED}, "alphaCe": [0, 0], "alphaMlm": 0, "alphaCos": 0}`, 'configImpossible', {
    reason: 'no-loss',
  });
  failsWith(`{${REQUIRED}, "alphaClm": [0, 1]}`, 'configImpossible', { reason: 'mlm-and-clm' });
  failsWith(`{${REQUIRED}, "freezeTokenTypeEmbeddings": true}`, 'configImpossible', { reason: 'no-token-types' });
  failsWith(`{${REQUIRED}, "alphaClm": 1}`, 'configImpossible', { reason: 'mlm-and-clm' });
  failsWith(`{${REQUIRED},\n"student": {"hidden": 30,\n"heads": 4}}`, 'configImpossible', {
    reason: 'heads-do-not-divide-hidden',
    keys: ['student.heads', 'student.hidden'],
    line: 3,
  });
});

test('a teacher cache is refused together with what it does not hold, and the settings are named', () => {
  const keys = (reason: ImpossibleConfig, ...names: string[]) => ({ reason, keys: ['teacherTopK', ...names], line: 2 });
  const cache = `{${REQUIRED},\n"teacherTopK": 64`;
  failsWith(`${cache}}`, 'configImpossible', keys('cache-holds-predictions-only', 'alphaCos'));
  failsWith(
    `${cache}, "alphaCos": 0, "alphaMse": [0, 1], "alphaRelation": 1}`,
    'configImpossible',
    keys('cache-holds-predictions-only', 'alphaMse', 'alphaRelation'),
  );
  failsWith(`${cache}, "alphaCos": 0, "alphaCe": 0}`, 'configImpossible', keys('cache-without-ce', 'alphaCe'));
  failsWith(
    `${cache}, "alphaCos": 0, "alphaMlm": 0, "alphaClm": 1}`,
    'configImpossible',
    keys('cache-of-next-pieces', 'alphaClm'),
  );
  failsWith(
    `${cache}, "alphaCos": 0, "temperature": [4, 1]}`,
    'configImpossible',
    keys('cache-has-one-temperature', 'temperature'),
  );
  failsWith(`{${REQUIRED}, "teacherTopK": 0}`, 'configOutOfRange', { key: 'teacherTopK', atLeast: 1 });
  const { teacherTopK, teacherCacheMasks } = parseConfig(distillConfig, `${cache}, "alphaCos": 0}`, FILE);
  assert.deepEqual([teacherTopK, teacherCacheMasks], [64, 1]);
});

test('bounds of a corpus between which nothing is are refused', () => {
  failsWith(`{${REQUIRED}, "corpusSettings": {"minChars": 9,\n"maxChars": 8}}`, 'configImpossible', {
    reason: 'nothing-kept',
    keys: ['corpusSettings.minChars', 'corpusSettings.maxChars'],
    line: 1,
  });
  failsWith(`{${REQUIRED}, "maxSeqLength": 16, "corpusSettings": {"minTokens": 17}}`, 'configImpossible', {
    reason: 'nothing-kept',
    keys: ['corpusSettings.minTokens', 'maxSeqLength'],
  });
  parseConfig(
    distillConfig,
    `{${REQUIRED}, "maxSeqLength": 16, "corpusSettings": {"minTokens": 16, "minChars": 8, "maxChars": 8}}`,
    'x.json',
  );
});

test('broken JSON is an error with its line', () => {
  const faults: [string, number][] = [
    ['', 1],
    ['{\n"teacher": "t",\n}', 3],
    ['{\n"teacher" "t"}', 2],
    ['{"a": 1}\n\nx', 3],
    ['{"a": 01}', 1],
    ['{"a": "x\ny"}', 1],
    ['{"a": [1,\n2', 2],
    ['{"teacher": "t",\n"teacher": "u"}', 2],
    ['['.repeat(100_000), 1],
  ];
  for (const [text, line] of faults) failsWith(text, 'configInvalidJson', { file: FILE, line });
});

test('sound JSON is read as JSON.parse reads it', () => {
  const samples = [
    '{"a":[1,-2.5e3,{"b":null}],"c":"\\u3042\\n\\"","d":{},"e":[],"f":true}',
    ' [ ] ',
    '"x"',
    '0',
    '{"__proto__":1}',
  ];
  for (const text of samples) assert.deepEqual(parseJsonSource(text, FILE).value, JSON.parse(text));
});

test('every setting has a description and, unless it is required, a default', () => {
  for (const schema of [distillConfig, pretrainConfig, finetuneConfig]) {
    const { properties = {}, required = [] } = jsonSchemaOf(schema);
    for (const [key, node] of Object.entries(properties)) {
      assert.ok(node.description?.endsWith('.'), key);
      assert.ok(required.includes(key) || node.default !== undefined, key);
    }
  }
});
