/** Making, copying and checking a model's parameters by their Hugging Face names. */
import { Graph } from '../graph/graph.js';
import { TrainerError } from '../protocol/errors.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import type { ModelConfig } from './config.js';
import { embeddingParameter, encoder } from './encoder.js';

/** Name and shape of every parameter a graph reads. */
export function parameterShapes(graph: Graph): Map<string, number[]> {
  return new Map(graph.inputsOf('parameter').map(({ name, value }) => [name, value.dims as number[]]));
}

/** Name and shape of every parameter of a model without its head. */
export function encoderShapes(config: ModelConfig): Map<string, number[]> {
  const g = new Graph();
  encoder({ g, training: false }, config);
  return parameterShapes(g);
}

/**
 * Picks what a graph needs out of the tensors of a file. Tensors it does not need are left out.
 * @param file the file or folder they came from, for errors.
 * @throws TrainerError `tensorsMissing`, `tensorsMisshapen`, each naming all of them.
 */
export function selectParameters(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: NamedTensors,
  file: string,
): NamedTensors {
  const missing = [...shapes.keys()].filter((name) => !tensors.has(name));
  if (missing.length > 0) throw new TrainerError('tensorsMissing', { file, tensors: missing });
  const misshapen = [...shapes].flatMap(([name, expected]) => {
    const got = (tensors.get(name) as FloatTensor).dims;
    return expected.length === got.length && expected.every((dim, i) => dim === got[i])
      ? []
      : [{ name, expected, got }];
  });
  if (misshapen.length > 0) throw new TrainerError('tensorsMisshapen', { file, tensors: misshapen });
  return new Map([...shapes.keys()].map((name) => [name, tensors.get(name) as FloatTensor]));
}

/** Parameters that Hugging Face never trains: position embeddings that were made as sinusoids. */
export function untrainedParameters(config: ModelConfig): string[] {
  return config.sinusoidalPositions ? [`${embeddingParameter(config, 'position_embeddings')}.weight`] : [];
}

/**
 * New weights as Hugging Face's `_init_weights` makes them: normal(0, initializer_range) for matrices, with the padding row of the
 * word embeddings 0; biases 0; layer norms 1; sinusoids for the positions where the config asks for them.
 * @param normal draws from the standard normal distribution.
 */
export function initialParameters(
  shapes: ReadonlyMap<string, readonly number[]>,
  config: ModelConfig,
  normal: () => number,
): NamedTensors {
  const words = `${embeddingParameter(config, 'word_embeddings')}.weight`;
  const positions = `${embeddingParameter(config, 'position_embeddings')}.weight`;
  const tensors: NamedTensors = new Map();
  for (const [name, dims] of shapes) {
    const data = new Float32Array(dims.reduce((n, dim) => n * dim, 1));
    if (name === positions && config.sinusoidalPositions) fillSinusoids(data, config.hiddenSize);
    else if (isNorm(name)) data.fill(name.endsWith('.weight') ? 1 : 0);
    else if (name.endsWith('.weight'))
      for (let i = 0; i < data.length; i++) data[i] = config.initializerRange * normal();
    if (name === words)
      data.fill(0, config.padTokenId * config.hiddenSize, (config.padTokenId + 1) * config.hiddenSize);
    tensors.set(name, { dims, data });
  }
  return tensors;
}

function isNorm(name: string): boolean {
  return /layer_?norm\.(weight|bias)$/i.test(name);
}

/** Vaswani et al. 2017, §3.5: even columns sin(pos / 10000^(2i/H)), odd columns cos of the same. */
function fillSinusoids(data: Float32Array, hiddenSize: number): void {
  for (let i = 0; i < data.length; i++) {
    const position = Math.floor(i / hiddenSize);
    const column = i % hiddenSize;
    const angle = position / 10000 ** ((2 * Math.floor(column / 2)) / hiddenSize);
    data[i] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  }
}
