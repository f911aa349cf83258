/** Model configs: the fields of Hugging Face's `config.json` that decide what a BERT, RoBERTa or DistilBERT computes. */
import { TrainerError } from '../protocol/errors.js';
import { LONG_TEXTS, type LongTexts } from '../protocol/labelledDataConfig.js';
import { PROBLEM_TYPES, type ProblemType } from '../protocol/problemType.js';

export type ModelType = 'bert' | 'roberta' | 'distilbert';

/** What can be trained, and used as a classifier. A RoBERTa can be a teacher only. */
export const TRAINABLE: readonly ModelType[] = ['bert', 'distilbert'];
export const TEACHERS: readonly ModelType[] = ['bert', 'roberta', 'distilbert'];

/** The shape of an encoder, in one vocabulary for all families. Probabilities are of dropping. */
export interface ModelConfig {
  modelType: ModelType;
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  heads: number;
  intermediateSize: number;
  /** Rows of the table of positions; see `longestSequence`. */
  maxPositions: number;
  /** Token types (BERT, RoBERTa); 0 where the model has none. */
  typeVocabSize: number;
  layerNormEpsilon: number;
  hiddenDropout: number;
  attentionDropout: number;
  classifierDropout: number;
  initializerRange: number;
  sinusoidalPositions: boolean;
  padTokenId: number;
  /** Class names by id, as many as a classifier has outputs; empty for a language model. */
  labels: readonly string[];
  /** What a classifier's logits are divided by before they become probabilities (Guo et al. 2017); above 0, and 1 when not calibrated. */
  temperature: number;
  /** How a classifier's texts were cut while it learned; not there in models of others. */
  textCut?: TextCut;
  /** What a classifier's outputs mean; of no meaning for a language model. */
  problemType: ProblemType;
}

/** How texts are cut that are longer than `maxSeqLength`; in `config.json` under `text_cut`, with these names. */
export interface TextCut {
  maxSeqLength: number;
  longTexts: LongTexts;
  stride: number;
}

const TEXT_CUT_KEY = 'text_cut';

/**
 * The temperature's key in `config.json`. Not `temperature`: that is a parameter of text generation to Hugging Face, whose newer
 * versions refuse to save a config with one.
 */
export const TEMPERATURE_KEY = 'softmax_temperature';

type Json = Record<string, unknown>;

/**
 * Reads a parsed `config.json`.
 * @param file its path, for errors.
 * @throws TrainerError `modelTypeUnsupported`, `modelConfigInvalid`.
 */
export function parseModelConfig(json: Json, file: string, expected: readonly ModelType[] = TRAINABLE): ModelConfig {
  const modelType = expected.find((type) => type === json.model_type);
  if (!modelType) throw new TrainerError('modelTypeUnsupported', { file, got: String(json.model_type), expected });
  const read = new Reader(json, file);
  const bert = modelType !== 'distilbert';
  read.only(bert ? 'hidden_act' : 'activation', 'gelu');
  if (bert) read.only('position_embedding_type', 'absolute');
  const vocabSize = read.count('vocab_size', 30522);
  const hiddenDropout = read.fraction(bert ? 'hidden_dropout_prob' : 'dropout', 0.1);
  const config: ModelConfig = {
    modelType,
    vocabSize,
    hiddenSize: read.count(bert ? 'hidden_size' : 'dim', 768),
    layers: read.count(bert ? 'num_hidden_layers' : 'n_layers', bert ? 12 : 6),
    heads: read.count(bert ? 'num_attention_heads' : 'n_heads', 12),
    intermediateSize: read.count(bert ? 'intermediate_size' : 'hidden_dim', 3072),
    maxPositions: read.count('max_position_embeddings', 512),
    typeVocabSize: bert ? read.count('type_vocab_size', 2) : 0,
    layerNormEpsilon: bert ? read.number('layer_norm_eps', 1e-12) : 1e-12,
    hiddenDropout,
    attentionDropout: read.fraction(bert ? 'attention_probs_dropout_prob' : 'attention_dropout', 0.1),
    classifierDropout: read.fraction(bert ? 'classifier_dropout' : 'seq_classif_dropout', bert ? hiddenDropout : 0.2),
    initializerRange: read.number('initializer_range', 0.02),
    sinusoidalPositions: json.sinusoidal_pos_embds === true,
    padTokenId: read.index('pad_token_id', modelType === 'roberta' ? 1 : 0, vocabSize),
    labels: read.labels(),
    temperature: read.positive(TEMPERATURE_KEY, 1),
    ...read.textCut(),
    problemType: read.problemType(),
  };
  if (config.hiddenSize % config.heads !== 0) {
    const key = bert ? 'num_attention_heads' : 'n_heads';
    throw new TrainerError('modelConfigInvalid', {
      file,
      key,
      expected: `a divisor of ${config.hiddenSize}`,
      got: String(config.heads),
    });
  }
  return config;
}

/** The first row of the table of positions that a token can have: RoBERTa counts from the padding's id + 1 on, for fairseq's sake. */
export function firstPosition({ modelType, padTokenId }: ModelConfig): number {
  return modelType === 'roberta' ? padTokenId + 1 : 0;
}

/** How many pieces a model can read at once. */
export function longestSequence(config: ModelConfig): number {
  return config.maxPositions - firstPosition(config);
}

const CLASSES = { bert: 'Bert', roberta: 'Roberta', distilbert: 'DistilBert' } as const;

/** The `config.json` of a model: Hugging Face's names, `architectures` by head. */
export function toConfigJson(config: ModelConfig, head: 'maskedLm' | 'classification'): Json {
  const common = {
    model_type: config.modelType,
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    initializer_range: config.initializerRange,
    pad_token_id: config.padTokenId,
    tokenizer_class: 'BertJapaneseTokenizer',
    torch_dtype: 'float32',
    ...(head === 'classification'
      ? {
          id2label: Object.fromEntries(config.labels.map((label, id) => [id, label])),
          label2id: Object.fromEntries(config.labels.map((label, id) => [label, id])),
          ...(config.temperature === 1 ? {} : { [TEMPERATURE_KEY]: config.temperature }),
          ...(config.textCut ? { [TEXT_CUT_KEY]: config.textCut } : {}),
          problem_type: config.problemType,
        }
      : {}),
  };
  const suffix = head === 'maskedLm' ? 'ForMaskedLM' : 'ForSequenceClassification';
  const architectures = [`${CLASSES[config.modelType]}${suffix}`];
  if (config.modelType === 'distilbert') {
    return {
      architectures,
      ...common,
      activation: 'gelu',
      dim: config.hiddenSize,
      n_layers: config.layers,
      n_heads: config.heads,
      hidden_dim: config.intermediateSize,
      dropout: config.hiddenDropout,
      attention_dropout: config.attentionDropout,
      seq_classif_dropout: config.classifierDropout,
      sinusoidal_pos_embds: config.sinusoidalPositions,
      tie_weights_: true,
    };
  }
  return {
    architectures,
    ...common,
    hidden_act: 'gelu',
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.intermediateSize,
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    type_vocab_size: config.typeVocabSize,
    layer_norm_eps: config.layerNormEpsilon,
    position_embedding_type: 'absolute',
  };
}

class Reader {
  constructor(
    readonly json: Json,
    readonly file: string,
  ) {}

  number(key: string, fallback: number): number {
    const value = this.json[key] ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#wrong(key, 'a number');
  }

  positive(key: string, fallback: number): number {
    const value = this.number(key, fallback);
    return value > 0 ? value : this.#wrong(key, 'a number above 0');
  }

  count(key: string, fallback: number): number {
    const value = this.number(key, fallback);
    return Number.isInteger(value) && value > 0 ? value : this.#wrong(key, 'a whole number above 0');
  }

  index(key: string, fallback: number, count: number): number {
    const value = this.number(key, fallback);
    const isIndex = Number.isInteger(value) && value >= 0 && value < count;
    return isIndex ? value : this.#wrong(key, `a whole number from 0 to below ${count}`);
  }

  textCut(): { textCut?: TextCut } {
    const found = this.json[TEXT_CUT_KEY];
    if (found === undefined) return {};
    const { maxSeqLength, longTexts, stride } = (found ?? {}) as Partial<Record<keyof TextCut, unknown>>;
    const isCount = (value: unknown, least: number): value is number =>
      Number.isInteger(value) && Number(value) >= least;
    const how = LONG_TEXTS.find((known) => known === longTexts);
    if (how === undefined || !isCount(maxSeqLength, 3) || !isCount(stride, 0)) {
      return this.#wrong(TEXT_CUT_KEY, 'an object with maxSeqLength, longTexts and stride');
    }
    return { textCut: { maxSeqLength, longTexts: how, stride } };
  }

  /** Refuses the variants of a model that would be computed otherwise. */
  only(key: string, supported: string): void {
    if ((this.json[key] ?? supported) !== supported) this.#wrong(key, supported);
  }

  fraction(key: string, fallback: number): number {
    const value = this.number(key, fallback);
    return value >= 0 && value < 1 ? value : this.#wrong(key, 'a number from 0 to below 1');
  }

  labels(): string[] {
    const map = this.json.id2label;
    if (map === undefined || map === null) return [];
    if (typeof map !== 'object') return this.#wrong('id2label', 'an object from id to name');
    const entries = Object.entries(map);
    const labels = entries.map((_, id) => (map as Json)[id]);
    if (labels.some((label) => typeof label !== 'string'))
      return this.#wrong('id2label', 'names for the ids 0, 1, 2 …');
    return labels as string[];
  }

  /** Where nothing is said, one output is a number and several are classes, as Hugging Face has it. */
  problemType(): ProblemType {
    const given = this.json.problem_type ?? null;
    if (given === null) return this.labels().length === 1 ? 'regression' : 'single_label_classification';
    return PROBLEM_TYPES.find((type) => type === given) ?? this.#wrong('problem_type', PROBLEM_TYPES.join(' or '));
  }

  #wrong(key: string, expected: string): never {
    throw new TrainerError('modelConfigInvalid', { file: this.file, key, expected, got: show(this.json[key]) });
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
