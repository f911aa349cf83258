/** The heads on an encoder: the masked-language-model projection and the sequence classifier, as Hugging Face builds them. */
import { gelu, gemm, mul, relu, tanh } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { type Context, dropout, layerNorm, linear } from '../nn/layers.js';
import type { ModelConfig } from './config.js';
import { embeddingParameter } from './encoder.js';

/** Names of the MLM head's transform and of its output bias, by family. The projection itself is the word embeddings. */
export function maskedLmParameters(config: ModelConfig): { dense: string; norm: string; bias: string } {
  return maskedLmNames[config.modelType];
}

const maskedLmNames = {
  bert: {
    dense: 'cls.predictions.transform.dense',
    norm: 'cls.predictions.transform.LayerNorm',
    bias: 'cls.predictions.bias',
  },
  roberta: { dense: 'lm_head.dense', norm: 'lm_head.layer_norm', bias: 'lm_head.bias' },
  distilbert: { dense: 'vocab_transform', norm: 'vocab_layer_norm', bias: 'vocab_projector.bias' },
} as const satisfies Record<ModelConfig['modelType'], object>;

/** Names of the classifier's two linear layers, by family. */
export function classifierParameters(config: ModelConfig): { pooler: string; classifier: string } {
  return classifierNames[config.modelType];
}

const classifierNames = {
  bert: { pooler: 'bert.pooler.dense', classifier: 'classifier' },
  roberta: { pooler: 'classifier.dense', classifier: 'classifier.out_proj' },
  distilbert: { pooler: 'pre_classifier', classifier: 'classifier' },
} as const satisfies Record<ModelConfig['modelType'], object>;

/** Names that may stand in a file for copies of another tensor, and that tensor's name. */
export function tiedParameters(config: ModelConfig): Map<string, string> {
  const words = `${embeddingParameter(config, 'word_embeddings')}.weight`;
  if (config.modelType === 'distilbert') return new Map([['vocab_projector.weight', words]]);
  const decoder = config.modelType === 'roberta' ? 'lm_head.decoder' : 'cls.predictions.decoder';
  return new Map([
    [`${decoder}.weight`, words],
    [`${decoder}.bias`, maskedLmParameters(config).bias],
  ]);
}

/** The head that weights of these names are for; null when they are an encoder's alone, or for another task. */
export function headOf(
  names: { has(name: string): boolean },
  config: ModelConfig,
): 'maskedLm' | 'classification' | null {
  const { pooler, classifier } = classifierParameters(config);
  if (names.has(`${pooler}.weight`) && names.has(`${classifier}.weight`)) return 'classification';
  return names.has(`${maskedLmParameters(config).dense}.weight`) ? 'maskedLm' : null;
}

/** The part of the MLM head before the vocabulary: dense, GELU, layer norm; [N, H] → [N, H]. */
export function maskedLmTransform(ctx: Context, config: ModelConfig, hidden: Value): Value {
  const { dense, norm } = maskedLmParameters(config);
  return layerNorm(ctx, gelu(ctx.g, linear(ctx, hidden, dense, config.hiddenSize)), norm, config.layerNormEpsilon);
}

/**
 * Scores over the vocabulary, tied to the word embeddings: [N, H] → [N, V].
 * @param scale multiplies the logits without a pass over them (1 / temperature).
 * @param prefix put before the parameter names, so that teacher and student can share a graph.
 */
export function vocabularyLogits(
  g: Graph,
  config: ModelConfig,
  transformed: Value,
  scale: number | Value = 1,
  prefix = '',
): Value {
  const { vocabSize, hiddenSize } = config;
  const weight = g.parameter(`${prefix}${embeddingParameter(config, 'word_embeddings')}.weight`, [
    vocabSize,
    hiddenSize,
  ]);
  const bias = g.parameter(`${prefix}${maskedLmParameters(config).bias}`, [vocabSize]);
  if (typeof scale === 'number') return gemm(g, transformed, weight, bias, { transB: true, alpha: scale, beta: scale });
  return gemm(g, mul(g, transformed, scale), weight, mul(g, bias, scale), { transB: true });
}

/** Class scores from the first token's hidden states: [B, H] → [B, C]. */
export function classifierLogits(ctx: Context, config: ModelConfig, first: Value): Value {
  const { pooler, classifier } = classifierParameters(config);
  const pooled = linear(ctx, first, pooler, config.hiddenSize);
  const active = config.modelType === 'distilbert' ? relu(ctx.g, pooled) : tanh(ctx.g, pooled);
  return linear(ctx, dropout(ctx, active, config.classifierDropout), classifier, config.labels.length);
}
