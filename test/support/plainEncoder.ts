/**
 * BERT, RoBERTa and DistilBERT in plain double-precision loops over one sequence without padding, as their papers and Hugging Face's
 * classes define them: what the graphs are held against. Shares nothing with them but the names of weights.
 */
import type { ModelConfig } from '../../trainer-core/models/config.js';

export type Matrix = number[][];
export type PlainWeights = ReadonlyMap<string, { dims: readonly number[]; data: ArrayLike<number> }>;

export interface PlainLayer {
  /** As they come from their projections, [S][H]. */
  query: Matrix;
  key: Matrix;
  value: Matrix;
  /** Before softmax, [A][S][S]. */
  scores: Matrix[];
}

export interface PlainOutputs {
  /** Embeddings, then each layer's output, [S][H]. */
  hidden: Matrix[];
  layers: PlainLayer[];
}

/** Names of the same parts, in the order query, key, value, out, attention's norm, in, out, norm. */
const PARTS = {
  bert: [
    ...['attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'],
    ...['attention.output.LayerNorm', 'intermediate.dense', 'output.dense', 'output.LayerNorm'],
  ],
  distilbert: [
    ...['attention.q_lin', 'attention.k_lin', 'attention.v_lin', 'attention.out_lin'],
    ...['sa_layer_norm', 'ffn.lin1', 'ffn.lin2', 'output_layer_norm'],
  ],
};

/**
 * @param ids one sequence; none of them is padding.
 * @param types the token type of each; without it all are of type 0.
 */
export function plainEncoder(
  config: ModelConfig,
  weights: PlainWeights,
  ids: readonly number[],
  types: readonly number[] = ids.map(() => 0),
): PlainOutputs {
  const { modelType, hiddenSize, heads, layerNormEpsilon } = config;
  const headSize = hiddenSize / heads;
  const tensor = (name: string) => {
    const found = weights.get(name);
    if (!found) throw new Error(`no weight ${name}`);
    return found;
  };
  const row = (name: string, i: number) =>
    Array.from({ length: hiddenSize }, (_, h) => tensor(`${name}.weight`).data[i * hiddenSize + h] as number);
  const linear = (x: Matrix, name: string): Matrix => {
    const { dims, data } = tensor(`${name}.weight`);
    const bias = tensor(`${name}.bias`).data;
    const [out, size] = dims as [number, number];
    return x.map((v) =>
      Array.from({ length: out }, (_, o) => {
        let sum = bias[o] as number;
        for (let i = 0; i < size; i++) sum += (data[o * size + i] as number) * (v[i] as number);
        return sum;
      }),
    );
  };
  const norm = (x: Matrix, name: string): Matrix => {
    const [weight, bias] = [tensor(`${name}.weight`).data, tensor(`${name}.bias`).data];
    return x.map((v) => {
      const mean = v.reduce((sum, value) => sum + value, 0) / v.length;
      const variance = v.reduce((sum, value) => sum + (value - mean) ** 2, 0) / v.length;
      const deviation = Math.sqrt(variance + layerNormEpsilon);
      return v.map((value, i) => ((value - mean) / deviation) * (weight[i] as number) + (bias[i] as number));
    });
  };

  const at = `${modelType}.embeddings`;
  // RoBERTa counts positions from padding_idx + 1 on (fairseq's make_positions).
  const firstPosition = modelType === 'roberta' ? config.padTokenId + 1 : 0;
  const embedded = ids.map((id, s) => {
    const parts = [row(`${at}.word_embeddings`, id), row(`${at}.position_embeddings`, firstPosition + s)];
    if (modelType !== 'distilbert') parts.push(row(`${at}.token_type_embeddings`, types[s] as number));
    return parts.reduce(plus);
  });
  const hidden = [norm(embedded, `${at}.LayerNorm`)];
  const layers: PlainLayer[] = [];
  for (let i = 0; i < config.layers; i++) {
    const place = modelType === 'distilbert' ? 'distilbert.transformer.layer' : `${modelType}.encoder.layer`;
    const names = PARTS[modelType === 'distilbert' ? 'distilbert' : 'bert'].map((part) => `${place}.${i}.${part}`);
    const [q, k, v, out, attentionNorm, ffnIn, ffnOut, outputNorm] = names as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const x = hidden.at(-1) as Matrix;
    const [query, key, value] = [linear(x, q), linear(x, k), linear(x, v)];
    const scores: Matrix[] = [];
    const contexts: Matrix = ids.map(() => []);
    for (let a = 0; a < heads; a++) {
      const part = (m: Matrix) => m.map((r) => r.slice(a * headSize, (a + 1) * headSize));
      const [qa, ka, va] = [part(query), part(key), part(value)];
      const ofHead = qa.map((r) => ka.map((other) => dot(r, other) / Math.sqrt(headSize)));
      scores.push(ofHead);
      ofHead.map(softmax).forEach((p, s) => {
        for (let h = 0; h < headSize; h++)
          (contexts[s] as number[]).push(p.reduce((sum, w, t) => sum + w * ((va[t] as number[])[h] as number), 0));
      });
    }
    layers.push({ query, key, value, scores });
    const middle = norm(addRows(x, linear(contexts, out)), attentionNorm);
    const inner = linear(middle, ffnIn).map((r) => r.map(gelu));
    hidden.push(norm(addRows(middle, linear(inner, ffnOut)), outputNorm));
  }
  return { hidden, layers };
}

export const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

export function softmax(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const powers = x.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

const plus = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + (b[i] as number));
const addRows = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => plus(row, b[i] as number[]));
const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));

/** erf x = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (1·3·5 … (2n+1)), whose terms all have the sign of x. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
