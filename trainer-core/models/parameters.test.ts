import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyConfig } from '../../test/support/tinyModels.js';
import { Random } from '../corpus/random.js';
import { hasCode } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { maskedLmShapes } from '../training/languageModelSources.js';
import type { ModelConfig } from './config.js';
import { initialParameters, selectParameters, untrainedParameters } from './parameters.js';
import { chosenLayers, matchedUniformly, spreadLayers, studentFromTeacher } from './studentInit.js';

const made = (config: ReturnType<typeof tinyConfig>, seed = 1) => {
  const random = Random.fromSeed(seed);
  return initialParameters(maskedLmShapes(config), config, () => random.normal());
};

test('matrices are normal with the deviation the config gives, biases 0, norms 1 and 0, the padding row 0', () => {
  for (const modelType of ['bert', 'distilbert'] as const) {
    const config = tinyConfig(modelType, { vocabSize: 500, hiddenSize: 64, initializerRange: 0.02, padTokenId: 3 });
    for (const [name, { dims, data }] of made(config)) {
      const norm = /(LayerNorm|layer_norm)\.weight$/.test(name);
      if (name.endsWith('bias') || norm) {
        assert.ok(
          data.every((x) => x === (norm ? 1 : 0)),
          name,
        );
        continue;
      }
      assert.equal(dims.length, 2, name);
      const size = data.length;
      const mean = data.reduce((sum, x) => sum + x, 0) / size;
      const deviation = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / size);
      assert.ok(Math.abs(mean) < (5 * 0.02) / Math.sqrt(size), `${name}: mean ${mean}`);
      assert.ok(Math.abs(deviation / 0.02 - 1) < 5 / Math.sqrt(2 * size), `${name}: deviation ${deviation}`);
    }
    const words = made(config).get(`${modelType}.embeddings.word_embeddings.weight`)?.data as Float32Array;
    for (let row = 0; row < 10; row++) {
      const zero = words.subarray(row * 64, (row + 1) * 64).every((x) => x === 0);
      assert.equal(zero, row === 3, `row ${row}`);
    }
  }
});

test('the same seed gives the same weights, another seed others', () => {
  const config = tinyConfig('distilbert');
  assert.deepEqual(made(config, 1), made(config, 1));
  assert.notDeepEqual(made(config, 1), made(config, 2));
});

test('sinusoids stand where the config asks for them, and are not trained', () => {
  const config = tinyConfig('distilbert', { sinusoidalPositions: true, hiddenSize: 4, heads: 2, maxPositions: 20 });
  const name = 'distilbert.embeddings.position_embeddings.weight';
  const positions = made(config).get(name)?.data as Float32Array;
  assert.deepEqual([...positions.subarray(0, 4)], [0, 1, 0, 1]);
  for (const position of [1, 7, 19]) {
    const expected = [Math.sin(position), Math.cos(position), Math.sin(position / 100), Math.cos(position / 100)];
    expected.forEach((x, i) => {
      assert.ok(Math.abs((positions[position * 4 + i] as number) - x) < 1e-7);
    });
  }
  assert.deepEqual(untrainedParameters(config), [name]);
  assert.deepEqual(untrainedParameters({ ...config, sinusoidalPositions: false }), []);
});

test('of the tensors of a file those that are wanted are taken; all that are wrong are told at once', () => {
  const tensor = (...dims: number[]) => ({ dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) });
  const tensors: NamedTensors = new Map([
    ['a', tensor(2, 3)],
    ['b', tensor(4)],
    ['c', tensor()],
  ]);
  assert.deepEqual([...selectParameters(new Map([['b', [4]]]), tensors, 'f').keys()], ['b']);
  assert.throws(
    () =>
      selectParameters(
        new Map([
          ['x', [1]],
          ['a', [9]],
          ['y', [1]],
        ]),
        tensors,
        'f',
      ),
    (error) => hasCode(error, 'tensorsMissing') && error.data.file === 'f' && error.data.tensors.join() === 'x,y',
  );
  assert.throws(
    () =>
      selectParameters(
        new Map([
          ['a', [3, 2]],
          ['b', [4, 1]],
          ['c', []],
        ]),
        tensors,
        'f',
      ),
    (error) =>
      hasCode(error, 'tensorsMisshapen') &&
      JSON.stringify(error.data.tensors) ===
        '[{"name":"a","expected":[3,2],"got":[2,3]},{"name":"b","expected":[4,1],"got":[4]}]',
  );
});

test("teacher layers are spread as Hugging Face's script has them", () => {
  assert.deepEqual(spreadLayers(12, 6), [0, 2, 4, 7, 9, 11]);
  assert.deepEqual(spreadLayers(4, 2), [0, 3]);
  assert.deepEqual(spreadLayers(4, 4), [0, 1, 2, 3]);
  assert.deepEqual(spreadLayers(4, 1), [0]);
});

test('a student is made of the very tensors of its teacher', () => {
  const teacher = tinyConfig('bert', { layers: 3 });
  const student = tinyConfig('distilbert', { layers: 2 });
  const weights = made(teacher);
  const copied = studentFromTeacher(student, teacher, weights, [2, 0], 'f');
  assert.deepEqual([...copied.keys()].sort(), [...maskedLmShapes(student).keys()].sort());
  selectParameters(maskedLmShapes(student), copied, 'f');
  for (const [to, from] of [
    ['distilbert.transformer.layer.0.attention.q_lin.weight', 'bert.encoder.layer.2.attention.self.query.weight'],
    ['distilbert.transformer.layer.1.sa_layer_norm.bias', 'bert.encoder.layer.0.attention.output.LayerNorm.bias'],
    ['distilbert.transformer.layer.1.ffn.lin2.weight', 'bert.encoder.layer.0.output.dense.weight'],
    ['distilbert.embeddings.position_embeddings.weight', 'bert.embeddings.position_embeddings.weight'],
    ['vocab_layer_norm.weight', 'cls.predictions.transform.LayerNorm.weight'],
    ['vocab_projector.bias', 'cls.predictions.bias'],
  ] as const)
    assert.equal(copied.get(to), weights.get(from), to);
});

test('layers and sizes that the teacher does not have are refused', () => {
  const teacher = tinyConfig('bert', { layers: 3 });
  const student = tinyConfig('distilbert', { layers: 2 });
  const weights = made(teacher);
  const reasonOf = (layers: number[], changes = {}) => {
    try {
      studentFromTeacher({ ...student, ...changes }, teacher, weights, layers, 'f');
    } catch (error) {
      if (hasCode(error, 'configImpossible') && error.data.file === 'f') return error.data.reason;
      throw error;
    }
    return null;
  };
  assert.equal(reasonOf([0, 2]), null);
  assert.equal(reasonOf([0, 3]), 'layers-not-in-teacher');
  assert.equal(reasonOf([0]), 'layers-not-in-teacher');
  for (const changes of [{ hiddenSize: 32 }, { intermediateSize: 64 }, { heads: 4 }, { maxPositions: 65 }])
    assert.equal(reasonOf([0, 2], changes), 'sizes-differ');
});

test('layers by name', () => {
  assert.deepEqual(chosenLayers('spread', 12, 6), [0, 2, 4, 7, 9, 11]);
  assert.deepEqual(chosenLayers('alternate', 12, 6), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(chosenLayers('alternate', 12, 5), [0, 2, 4, 6, 8]);
  assert.deepEqual(chosenLayers('first', 12, 3), [0, 1, 2]);
  assert.deepEqual(chosenLayers('last', 12, 3), [9, 10, 11]);
  // A deeper student takes layers twice, where that makes sense; else there are too few, which is refused.
  assert.deepEqual(chosenLayers('spread', 2, 4), [0, 0, 1, 1]);
  for (const choice of ['alternate', 'first', 'last'] as const)
    assert.ok(chosenLayers(choice, 2, 4).length < 4, choice);
});

test('matched layers lie at the same part of the depth', () => {
  assert.deepEqual(matchedUniformly(12, 6), [1, 3, 5, 7, 9, 11]);
  assert.deepEqual(matchedUniformly(12, 4), [2, 5, 8, 11]);
  assert.deepEqual(matchedUniformly(24, 5), [4, 9, 13, 18, 23]);
  assert.deepEqual(matchedUniformly(2, 6), [0, 0, 0, 0, 1, 1]);
});

test('of the positions a student takes as many as it has, and of a RoBERTa those that pieces have', () => {
  const student = tinyConfig('distilbert', { layers: 1, maxPositions: 3 });
  const positions = (teacher: ModelConfig) => {
    const weights = made(teacher);
    const table = weights.get(`${teacher.modelType}.embeddings.position_embeddings.weight`)?.data as Float32Array;
    const copied = studentFromTeacher(student, teacher, weights, [0], 'f');
    selectParameters(maskedLmShapes(student), copied, 'f');
    const got = copied.get('distilbert.embeddings.position_embeddings.weight')?.data as Float32Array;
    return { got: [...got], rows: (from: number) => [...table.subarray(from * 16, (from + 3) * 16)] };
  };
  const bert = positions(tinyConfig('bert'));
  assert.deepEqual(bert.got, bert.rows(0));
  const roberta = positions(tinyConfig('roberta', { padTokenId: 1, maxPositions: 5 }));
  assert.deepEqual(roberta.got, roberta.rows(2));
  assert.throws(() => positions(tinyConfig('roberta', { padTokenId: 2, maxPositions: 5 })), /sizes-differ/);
});
