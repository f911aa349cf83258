/** A short piece of real training, to time and to judge a device by: a layer of DistilBERT-base's width, forward and backward. */

import { gradients } from '../autodiff/gradients.js';
import { mul, sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { parseModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { DeviceMemory } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import type { DeviceTensor } from '../runtime/deviceTensor.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';

/** A run of a training has as many tokens; see `TOKENS_PER_RUN`. */
const [BATCH, SEQUENCE] = [8, 128] as const;
/** Of DistilBERT-base but for the number of layers and words, which make no kernel another. */
const CONFIG = { model_type: 'distilbert', n_layers: 1, vocab_size: 1024, max_position_embeddings: SEQUENCE };

/** How the layer is made smaller where a test has no time. */
export interface SampleSize {
  hiddenSize: number;
  steps: number;
}

/** How long a step takes, the fastest of three after one that is not counted, and what it computes. */
export interface TimedTraining {
  milliseconds: number;
  loss: number;
  /** Of all gradients together. */
  gradNorm: number;
}

/** Trains on this device. Weights lie there and gradients stay there, as in training. */
export async function timeTraining(
  device: Device,
  size: SampleSize = { hiddenSize: 768, steps: 3 },
): Promise<TimedTraining> {
  const { graph, kept, feeds } = trainingSample(size.hiddenSize);
  const memory = new DeviceMemory(device);
  const program = await Program.compile(graph, { device, keep: kept });
  const weights: Record<string, DeviceTensor> = {};
  for (const { name, value } of graph.inputsOf('parameter')) {
    const dims = value.dims as number[];
    weights[name] = await memory.upload(float32(scattered(name, dims), dims));
  }
  const times: number[] = [];
  let loss = Number.NaN;
  let squares = 0;
  for (let i = 0; i <= size.steps; i++) {
    const start = performance.now();
    const { kept: results } = await program.runKeeping({ ...feeds, ...weights });
    // Work on a GPU is only begun when a run returns: reading a result waits for all of it.
    loss = (await memory.read(results.loss as DeviceTensor)).data[0] as number;
    times.push(performance.now() - start);
    for (const [name, tensor] of Object.entries(results)) {
      if (i === size.steps && name !== 'loss') squares += squareSum((await memory.read(tensor)).data);
      tensor.dispose();
    }
  }
  for (const tensor of Object.values(weights)) tensor.dispose();
  await memory.dispose();
  await program.dispose();
  return { milliseconds: Math.min(...times.slice(1)), loss, gradNorm: Math.sqrt(squares) };
}

/** Numbers of ±0.05 without a pattern, the same on every machine; around 1 where a norm is multiplied with them. */
function scattered(name: string, dims: readonly number[]): Float32Array {
  const centre = /norm\.weight$/i.test(name) ? 1 : 0;
  const salt = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  for (let i = 0; i < data.length; i++) {
    let x = Math.imul(i ^ salt, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    data[i] = centre + ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 / 10 - 0.05;
  }
  return data;
}

function squareSum(data: HostTensor['data']): number {
  let sum = 0;
  for (const x of data) sum += Number(x) ** 2;
  return sum;
}

function trainingSample(hiddenSize: number): { graph: Graph; kept: string[]; feeds: Record<string, HostTensor> } {
  const heads = hiddenSize / 64;
  const shape = { ...CONFIG, dim: hiddenSize, n_heads: heads, hidden_dim: 4 * hiddenSize };
  const config = parseModelConfig(shape, 'trainingSample');
  const graph = new Graph();
  const { hidden } = encoder({ g: graph, training: false }, config);
  const last = hidden.at(-1) as Value;
  const parameters = graph.inputsOf('parameter');
  // The squares of a normalised layer are the same whatever goes in; their sum with numbers of both signs shows every error.
  const loss = sumAll(graph, mul(graph, last, graph.parameter('signs', [hiddenSize])));
  graph.output('loss', loss);
  gradients(
    graph,
    loss,
    parameters.map(({ value }) => value),
  ).forEach((gradient, i) => {
    graph.output(`gradient.${parameters[i]?.name}`, gradient);
  });
  const ids = Int32Array.from({ length: BATCH * SEQUENCE }, (_, i) => 1 + ((i * 37) % 1000));
  const feeds = {
    input_ids: int32(ids, [BATCH, SEQUENCE]),
    position_ids: int32(
      Int32Array.from({ length: SEQUENCE }, (_, i) => i),
      [SEQUENCE],
    ),
    attention_mask: float32(new Float32Array(BATCH * SEQUENCE).fill(1), [BATCH, SEQUENCE]),
  };
  return { graph, kept: [...graph.outputs.keys()], feeds };
}
