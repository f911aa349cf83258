/** Writes a DistilBERT classifier so small that its answer is known: all weights are 0, so the output is its bias. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const LABELS = ['スポーツ', 'IT'];
/** Softmax of these gives the second label 1 / (1 + e^-2) = 88.1 %. */
const BIAS = [0, 2];
const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '日本', '代表', 'スマートフォン'];
const HIDDEN = 8;
const FFN = 16;
const POSITIONS = 64;

/** The piece that speaks for each label in `WORDS_COUNT`. */
const SPEAKS_FOR = [VOCABULARY.indexOf('代表'), VOCABULARY.indexOf('スマートフォン')];

/**
 * Weights with which 代表 speaks for スポーツ and スマートフォン for IT, and nothing else counts: the embeddings of the two are unit vectors,
 * attention takes the mean of all, and the head reads those two dimensions.
 */
export const WORDS_COUNT = {
  'distilbert.embeddings.word_embeddings.weight': matrix(
    VOCABULARY.length,
    HIDDEN,
    (piece, d) => SPEAKS_FOR[d] === piece,
  ),
  'distilbert.transformer.layer.0.attention.v_lin.weight': identity(),
  'distilbert.transformer.layer.0.attention.out_lin.weight': identity(),
  'pre_classifier.weight': identity(),
  'classifier.weight': matrix(LABELS.length, HIDDEN, (label, d) => label === d),
  'classifier.bias': [0, 0],
};

function identity() {
  return matrix(HIDDEN, HIDDEN, (row, column) => row === column);
}

/** 1 where `isOne`, row by row. */
function matrix(rows, columns, isOne) {
  return Array.from({ length: rows * columns }, (_, i) => (isOne(Math.floor(i / columns), i % columns) ? 1 : 0));
}

/** Makes a Hugging Face model folder; `weights` by name take the place of those that do nothing. */
export function writeTinyClassifier(folder, weights = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'vocab.txt'), `${VOCABULARY.join('\n')}\n`);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config()));
  writeFileSync(path.join(folder, 'model.safetensors'), safetensors(tensors(weights)));
}

function config() {
  return {
    architectures: ['DistilBertForSequenceClassification'],
    model_type: 'distilbert',
    vocab_size: VOCABULARY.length,
    dim: HIDDEN,
    hidden_dim: FFN,
    n_layers: 1,
    n_heads: 2,
    max_position_embeddings: POSITIONS,
    activation: 'gelu',
    dropout: 0.1,
    attention_dropout: 0.1,
    seq_classif_dropout: 0.2,
    sinusoidal_pos_embds: false,
    pad_token_id: 0,
    id2label: Object.fromEntries(LABELS.map((label, id) => [id, label])),
    label2id: Object.fromEntries(LABELS.map((label, id) => [label, id])),
  };
}

/** Name → [shape, values]; weights of layer norms are 1, everything else but the last bias is 0. */
function tensors(weights) {
  const all = {};
  const add = (name, shape, values) => {
    all[name] = [shape, weights[name] ?? values ?? new Array(shape.reduce((a, b) => a * b)).fill(0)];
  };
  const linear = (name, rows, columns, bias) => {
    add(`${name}.weight`, [rows, columns]);
    add(`${name}.bias`, [rows], bias);
  };
  const norm = (name) => {
    add(`${name}.weight`, [HIDDEN], new Array(HIDDEN).fill(1));
    add(`${name}.bias`, [HIDDEN]);
  };
  add('distilbert.embeddings.word_embeddings.weight', [VOCABULARY.length, HIDDEN]);
  add('distilbert.embeddings.position_embeddings.weight', [POSITIONS, HIDDEN]);
  norm('distilbert.embeddings.LayerNorm');
  const layer = 'distilbert.transformer.layer.0';
  for (const part of ['q_lin', 'k_lin', 'v_lin', 'out_lin']) linear(`${layer}.attention.${part}`, HIDDEN, HIDDEN);
  norm(`${layer}.sa_layer_norm`);
  linear(`${layer}.ffn.lin1`, FFN, HIDDEN);
  linear(`${layer}.ffn.lin2`, HIDDEN, FFN);
  norm(`${layer}.output_layer_norm`);
  linear('pre_classifier', HIDDEN, HIDDEN);
  linear('classifier', LABELS.length, HIDDEN, BIAS);
  return all;
}

/** The safetensors format: header length (u64), JSON header, then the values in its order. */
function safetensors(all) {
  const header = { __metadata__: { format: 'pt' } };
  const parts = [];
  let offset = 0;
  for (const [name, [shape, values]] of Object.entries(all)) {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}
