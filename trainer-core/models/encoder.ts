/**
 * The transformer encoder of BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019) and DistilBERT (Sanh et al. 2019), with Hugging
 * Face's parameter names.
 * Shapes: B batch, S sequence, N = B·S tokens, H hidden, A heads.
 */
import { add, flattenRows, gather, gelu, split } from '../graph/build.js';
import type { Dim } from '../graph/dims.js';
import type { Value } from '../graph/ops.js';
import { attention, attentionBias } from '../nn/attention.js';
import { type Context, dropout, embedding, layerNorm, linear, residual } from '../nn/layers.js';
import type { ModelConfig } from './config.js';

export interface EncoderOptions {
  /** False: all positions may be attended to, and no `attention_mask` is fed. Default true. */
  attentionMask?: boolean;
  /**
   * True: the caller reads the first token of each sequence only, so the last layer is worked out for that token alone.
   * The result is the same; a seventh of a DistilBERT's multiplications are not done. Default false.
   */
  firstTokenOnly?: boolean;
  /** True: each token's type is fed, for pairs of texts, where the model has more than one. Default false: all are of type 0. */
  tokenTypes?: boolean;
  /** What goes into the first layer [N, H], made of the embeddings of `ids` or of others [B, S]. Default: `embed(ids)`. */
  embedded?(ids: Value, embed: (ids: Value) => Value): Value;
}

/**
 * What an encoder computes. Inputs it declares: `input_ids` int32 [B, S]; `position_ids` int32 [S], 0, 1 …, or for a RoBERTa
 * `token_positions` int32 [B, S], which counts the pieces of each sequence that are no padding, 1, 2 …, and is 0 at padding;
 * `attention_mask` float32 [B, S] of 0 and 1; with `tokenTypes`, for a model with several, `token_type_ids` int32 [B, S].
 */
export interface EncoderOutputs {
  batch: Dim;
  sequence: Dim;
  /** Embeddings, then each layer's output, all [N, H]; with `firstTokenOnly` the last is [B, H]. */
  hidden: Value[];
  layers: LayerAttention[];
}

/** What the attention of a layer works with. */
export interface LayerAttention {
  /** [N, H], already divided by √D, D the size of a head. */
  query: Value;
  /** [N, H] */
  key: Value;
  /** [N, H] */
  value: Value;
  /** Before softmax, with nothing masked [B, A, S, S]. */
  scores: Value;
  /** After softmax [B, A, S, S]. */
  weights: Value;
}

/** How the families name and arrange the same parts. */
interface Family {
  prefix: string;
  layer(i: number): string;
  query: string;
  key: string;
  value: string;
  attentionOut: string;
  attentionNorm: string;
  ffnIn: string;
  ffnOut: string;
  outputNorm: string;
  /** BERT drops the attention block's output before the residual; DistilBERT does not. */
  dropsAttentionOutput: boolean;
}

const bert = (prefix: 'bert' | 'roberta'): Family => ({
  prefix,
  layer: (i) => `${prefix}.encoder.layer.${i}`,
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOut: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  ffnIn: 'intermediate.dense',
  ffnOut: 'output.dense',
  outputNorm: 'output.LayerNorm',
  dropsAttentionOutput: true,
});

const families: Record<ModelConfig['modelType'], Family> = {
  bert: bert('bert'),
  roberta: bert('roberta'),
  distilbert: {
    prefix: 'distilbert',
    layer: (i) => `distilbert.transformer.layer.${i}`,
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    attentionOut: 'attention.out_lin',
    attentionNorm: 'sa_layer_norm',
    ffnIn: 'ffn.lin1',
    ffnOut: 'ffn.lin2',
    outputNorm: 'output_layer_norm',
    dropsAttentionOutput: false,
  },
};

/** The parameter name of part `part` of layer `layer`; all families answer to the same part names. */
export function layerParameter(config: ModelConfig, layer: number, part: LayerPart): string {
  const family = families[config.modelType];
  return `${family.layer(layer)}.${family[part]}`;
}

/** The parts of a layer that carry a weight and a bias. */
export const layerParts = [
  'query',
  'key',
  'value',
  'attentionOut',
  'attentionNorm',
  'ffnIn',
  'ffnOut',
  'outputNorm',
] as const;
export type LayerPart = (typeof layerParts)[number];

/** The name of an embedding table or of the embeddings' layer norm, without `.weight`. */
export function embeddingParameter(
  config: ModelConfig,
  part: 'word_embeddings' | 'position_embeddings' | 'token_type_embeddings' | 'LayerNorm',
): string {
  return `${families[config.modelType].prefix}.embeddings.${part}`;
}

/** How far from the input a parameter works: 0 for the embeddings, then 1 to `layers` for the layers, `layers` + 1 for a head. */
export function depthOf(name: string, config: ModelConfig): number {
  const { prefix, layer } = families[config.modelType];
  if (name.startsWith(`${prefix}.embeddings.`)) return 0;
  for (let i = 0; i < config.layers; i++) if (name.startsWith(`${layer(i)}.`)) return i + 1;
  return config.layers + 1;
}

/** Appends the encoder to the graph. */
export function encoder(ctx: Context, config: ModelConfig, options: EncoderOptions = {}): EncoderOutputs {
  const { g } = ctx;
  const [batch, sequence] = ['batch', 'sequence'];
  const mask = options.attentionMask === false ? null : g.input('attention_mask', [batch, sequence]);
  const bias = mask && attentionBias(g, mask);
  const embed = (ids: Value) => embeddings(ctx, config, ids, batch, sequence, options.tokenTypes === true);
  const ids = g.input('input_ids', [batch, sequence], 'int32');
  const hidden = [options.embedded ? options.embedded(ids, embed) : embed(ids)];
  const layers: LayerAttention[] = [];
  for (let i = 0; i < config.layers; i++) {
    const firstOnly = options.firstTokenOnly === true && i === config.layers - 1;
    const x = hidden.at(-1) as Value;
    const { y, attended } = layer(ctx, config, i, x, { batch, sequence, bias, firstOnly });
    hidden.push(y);
    layers.push(attended);
  }
  return { batch, sequence, hidden, layers };
}

function embeddings(
  ctx: Context,
  config: ModelConfig,
  ids: Value,
  batch: Dim,
  sequence: Dim,
  tokenTypes: boolean,
): Value {
  const { g } = ctx;
  const { hiddenSize } = config;
  const name = (part: Parameters<typeof embeddingParameter>[1]) => embeddingParameter(config, part);
  const words = embedding(ctx, ids, name('word_embeddings'), config.vocabSize, hiddenSize, config.padTokenId); // [B, S, H]
  let rest = positionEmbeddings(ctx, config, batch, sequence); // [S, H] or [B, S, H]
  if (config.typeVocabSize > 0) {
    const types =
      tokenTypes && config.typeVocabSize > 1
        ? g.input('token_type_ids', [batch, sequence], 'int32')
        : g.constant(Int32Array.of(0), [1]);
    rest = add(g, rest, embedding(ctx, types, name('token_type_embeddings'), config.typeVocabSize, hiddenSize));
  }
  const x = flattenRows(g, add(g, words, rest));
  return dropout(ctx, layerNorm(ctx, x, name('LayerNorm'), config.layerNormEpsilon), config.hiddenDropout);
}

function positionEmbeddings(ctx: Context, config: ModelConfig, batch: Dim, sequence: Dim): Value {
  const { g } = ctx;
  const { maxPositions, hiddenSize, padTokenId } = config;
  const name = embeddingParameter(config, 'position_embeddings');
  if (config.modelType !== 'roberta') {
    return embedding(ctx, g.input('position_ids', [sequence], 'int32'), name, maxPositions, hiddenSize);
  }
  const table = g.parameter(`${name}.weight`, [maxPositions, hiddenSize]);
  // The row of the padding's own id is padding's, and the pieces have those after it.
  const rows = padTokenId === 0 ? table : split(g, table, 0, [padTokenId, maxPositions - padTokenId])[1];
  return gather(g, rows as Value, g.input('token_positions', [batch, sequence], 'int32'));
}

interface LayerOptions {
  batch: Dim;
  sequence: Dim;
  bias: Value | null;
  firstOnly: boolean;
}

function layer(
  ctx: Context,
  config: ModelConfig,
  i: number,
  x: Value,
  options: LayerOptions,
): { y: Value; attended: LayerAttention } {
  const { g } = ctx;
  const { batch, sequence, bias, firstOnly } = options;
  const { hiddenSize, heads, intermediateSize, layerNormEpsilon } = config;
  const headSize = hiddenSize / heads;
  const family = families[config.modelType];
  const name = (part: LayerPart) => layerParameter(config, i, part);
  const read = firstOnly ? firstTokens(ctx, x, batch) : x; // [N, H] or [B, H]

  const query = linear(ctx, read, name('query'), hiddenSize, 1 / Math.sqrt(headSize));
  const key = linear(ctx, x, name('key'), hiddenSize);
  const value = linear(ctx, x, name('value'), hiddenSize);
  const layout = { batch, sequence, heads, headSize, bias, dropout: config.attentionDropout };
  const { context, scores, weights } = attention(ctx, query, key, value, layout, firstOnly ? 1 : sequence);
  let block = linear(ctx, context, name('attentionOut'), hiddenSize);
  if (family.dropsAttentionOutput) block = dropout(ctx, block, config.hiddenDropout);
  const middle = layerNorm(ctx, residual(ctx, read, block), name('attentionNorm'), layerNormEpsilon);

  const inner = gelu(g, linear(ctx, middle, name('ffnIn'), intermediateSize));
  const outer = dropout(ctx, linear(ctx, inner, name('ffnOut'), hiddenSize), config.hiddenDropout);
  const y = layerNorm(ctx, residual(ctx, middle, outer), name('outputNorm'), layerNormEpsilon);
  return { y, attended: { query, key, value, scores, weights } };
}

/** The first token of every sequence, [B, H], by the fed row numbers `first_tokens` int32 [B]: 0, S, 2S … */
export function firstTokens({ g }: Context, x: Value, batch: Dim): Value {
  return gather(g, x, g.input('first_tokens', [batch], 'int32'));
}
