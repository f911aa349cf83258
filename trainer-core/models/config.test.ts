import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyConfig } from '../../test/support/tinyModels.js';
import { hasCode } from '../protocol/errors.js';
import { longestSequence, type ModelConfig, parseModelConfig, TEACHERS, toConfigJson } from './config.js';

const FILE = 'some/config.json';
const roundTrip = (config: ModelConfig, head: 'maskedLm' | 'classification') =>
  parseModelConfig(JSON.parse(JSON.stringify(toConfigJson(config, head))), FILE);

test('what is written is read back, for both families and both heads', () => {
  const odd = {
    hiddenDropout: 0.05,
    attentionDropout: 0.15,
    classifierDropout: 0.25,
    initializerRange: 0.03,
    maxPositions: 77,
  };
  const bert = tinyConfig('bert', {
    ...odd,
    layerNormEpsilon: 1e-5,
    padTokenId: 3,
    typeVocabSize: 4,
    intermediateSize: 33,
  });
  const distilbert = tinyConfig('distilbert', { ...odd, sinusoidalPositions: true, layers: 5 });
  for (const config of [bert, distilbert]) {
    assert.deepEqual(roundTrip(config, 'maskedLm'), config);
    const labels = ['経済', 'スポーツ', '10', '映画'];
    for (const temperature of [1, 1.7320508075688772]) {
      const classifier = { ...config, labels, temperature };
      assert.deepEqual(roundTrip(classifier, 'classification'), classifier);
    }
  }
});

test('a RoBERTa is read where it may stand, and can read as many pieces as there are positions after those of padding', () => {
  const json = { model_type: 'roberta', vocab_size: 30, max_position_embeddings: 514, type_vocab_size: 1 };
  assert.throws(
    () => parseModelConfig(json, FILE),
    (error) => hasCode(error, 'modelTypeUnsupported'),
  );
  const config = parseModelConfig(json, FILE, TEACHERS);
  assert.deepEqual([config.padTokenId, config.typeVocabSize, longestSequence(config)], [1, 1, 512]);
  assert.equal(longestSequence(tinyConfig('bert', { maxPositions: 512, padTokenId: 1 })), 512);
  assert.deepEqual(parseModelConfig(toConfigJson(config, 'maskedLm'), FILE, TEACHERS), config);
});

test("the names are Hugging Face's", () => {
  const bert = toConfigJson(tinyConfig('bert', { labels: ['a', 'b'] }), 'classification');
  assert.deepEqual(bert.architectures, ['BertForSequenceClassification']);
  assert.deepEqual(
    [bert.id2label, bert.label2id],
    [
      { 0: 'a', 1: 'b' },
      { a: 0, b: 1 },
    ],
  );
  assert.equal(bert.tokenizer_class, 'BertJapaneseTokenizer');
  const distilbert = toConfigJson(tinyConfig('distilbert'), 'maskedLm');
  assert.deepEqual(distilbert.architectures, ['DistilBertForMaskedLM']);
  assert.equal(distilbert.id2label, undefined);
});

test("a temperature stands under a key of ours, and only where there is one: `temperature` is Hugging Face's, for generation", () => {
  const written = (temperature: number) =>
    toConfigJson(tinyConfig('bert', { labels: ['a', 'b'], temperature }), 'classification');
  assert.equal(written(1.5).softmax_temperature, 1.5);
  assert.ok(!('softmax_temperature' in written(1)));
  assert.ok(!('temperature' in written(1.5)));
  // Old versions of transformers wrote their parameters of generation into every config.
  assert.equal(parseModelConfig({ model_type: 'bert', temperature: 0.7 }, FILE).temperature, 1);
});

test('what the outputs mean is read and written; where nothing is said, one output is a number', () => {
  const said = (json: object) => parseModelConfig({ model_type: 'bert', ...json }, FILE).problemType;
  for (const type of ['single_label_classification', 'multi_label_classification', 'regression'] as const) {
    assert.equal(said({ problem_type: type }), type);
    const config = tinyConfig('distilbert', { labels: ['a', 'b'], problemType: type });
    assert.equal(toConfigJson(config, 'classification').problem_type, type);
  }
  assert.equal(said({ id2label: { 0: 'LABEL_0' } }), 'regression');
  assert.equal(said({ id2label: { 0: 'a', 1: 'b' }, problem_type: null }), 'single_label_classification');
  assert.equal(toConfigJson(tinyConfig('distilbert'), 'maskedLm').problem_type, undefined);
});

test("what a config leaves out is Hugging Face's default", () => {
  const bert = parseModelConfig({ model_type: 'bert' }, FILE);
  assert.deepEqual(bert, {
    modelType: 'bert',
    vocabSize: 30522,
    hiddenSize: 768,
    layers: 12,
    heads: 12,
    intermediateSize: 3072,
    maxPositions: 512,
    typeVocabSize: 2,
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.1,
    initializerRange: 0.02,
    sinusoidalPositions: false,
    padTokenId: 0,
    labels: [],
    temperature: 1,
    problemType: 'single_label_classification',
  });
  const distilbert = parseModelConfig({ model_type: 'distilbert', sinusoidal_pos_embds: true }, FILE);
  assert.deepEqual([distilbert.layers, distilbert.typeVocabSize, distilbert.classifierDropout], [6, 0, 0.2]);
  assert.equal(distilbert.sinusoidalPositions, true);
  // BERT's head has the encoder's dropout where it has none of its own, and null is none.
  const own = { model_type: 'bert', hidden_dropout_prob: 0.3, classifier_dropout: null };
  assert.equal(parseModelConfig(own, FILE).classifierDropout, 0.3);
});

test("the config that Tohoku University's model comes with is read", () => {
  const config = parseModelConfig(
    {
      architectures: ['BertForMaskedLM'],
      attention_probs_dropout_prob: 0.1,
      hidden_act: 'gelu',
      hidden_dropout_prob: 0.1,
      hidden_size: 768,
      initializer_range: 0.02,
      intermediate_size: 3072,
      layer_norm_eps: 1e-12,
      max_position_embeddings: 512,
      model_type: 'bert',
      num_attention_heads: 12,
      num_hidden_layers: 12,
      pad_token_id: 0,
      tokenizer_class: 'BertJapaneseTokenizer',
      type_vocab_size: 2,
      vocab_size: 32000,
    },
    FILE,
  );
  assert.deepEqual([config.vocabSize, config.layers, config.padTokenId], [32000, 12, 0]);
});

for (const [what, json, key] of [
  ['text for a number', { model_type: 'bert', vocab_size: '30' }, 'vocab_size'],
  ['a fraction of a layer', { model_type: 'distilbert', n_layers: 1.5 }, 'n_layers'],
  ['no temperature', { model_type: 'bert', softmax_temperature: 0 }, 'softmax_temperature'],
  ['a temperature that is text', { model_type: 'bert', softmax_temperature: '2' }, 'softmax_temperature'],
  ['no layers', { model_type: 'bert', num_hidden_layers: 0 }, 'num_hidden_layers'],
  ['a dropout of 1', { model_type: 'distilbert', dropout: 1 }, 'dropout'],
  ['a negative dropout', { model_type: 'bert', attention_probs_dropout_prob: -0.1 }, 'attention_probs_dropout_prob'],
  ['heads that do not divide the width', { model_type: 'bert', num_attention_heads: 7 }, 'num_attention_heads'],
  ['another activation', { model_type: 'bert', hidden_act: 'relu' }, 'hidden_act'],
  ['another activation', { model_type: 'distilbert', activation: 'gelu_new' }, 'activation'],
  ['another kind of problem', { model_type: 'bert', problem_type: 'ranking' }, 'problem_type'],
  ['a label that is no text', { model_type: 'bert', id2label: { 0: 1 } }, 'id2label'],
  ['labels with a gap', { model_type: 'bert', id2label: { 0: 'a', 2: 'b' } }, 'id2label'],
  ['labels that are text', { model_type: 'bert', id2label: 'a' }, 'id2label'],
  ['a padding id that is no row', { model_type: 'bert', vocab_size: 10, pad_token_id: 10 }, 'pad_token_id'],
  ['a negative padding id', { model_type: 'bert', pad_token_id: -1 }, 'pad_token_id'],
  ['half a padding id', { model_type: 'distilbert', pad_token_id: 0.5 }, 'pad_token_id'],
  [
    'positions relative to one another',
    { model_type: 'bert', position_embedding_type: 'relative_key' },
    'position_embedding_type',
  ],
] as const) {
  test(`${key}: ${what} is refused by file and key`, () => {
    assert.throws(
      () => parseModelConfig(json, FILE),
      (error) => hasCode(error, 'modelConfigInvalid') && error.data.file === FILE && error.data.key === key,
    );
  });
}

test('other families are refused by name', () => {
  for (const model_type of ['roberta', undefined, 3])
    assert.throws(
      () => parseModelConfig({ model_type }, FILE),
      (error) => hasCode(error, 'modelTypeUnsupported') && error.data.got === String(model_type),
    );
});

test('how texts were cut while a classifier learned is kept, and checked', () => {
  const base = { model_type: 'bert', vocab_size: 30, id2label: { 0: 'a', 1: 'b' } };
  const textCut = { maxSeqLength: 128, longTexts: 'windows', stride: 32 };
  const config = parseModelConfig({ ...base, text_cut: textCut }, 'config.json');
  assert.deepEqual(config.textCut, textCut);
  assert.deepEqual(toConfigJson(config, 'classification').text_cut, textCut);
  assert.ok(!('textCut' in parseModelConfig(base, 'config.json')));
  for (const wrong of [null, {}, { ...textCut, longTexts: 'tail' }, { ...textCut, maxSeqLength: '128' }]) {
    assert.throws(
      () => parseModelConfig({ ...base, text_cut: wrong }, 'config.json'),
      (e) => hasCode(e, 'modelConfigInvalid') && e.data.key === 'text_cut',
    );
  }
});
