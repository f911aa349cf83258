/** A graph interpreted node by node with TensorFlow.js: on CUDA by its native package, in tests on its own CPU backend. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { evaluate } from '../../graph/dims.js';
import type { Graph, GraphInput } from '../../graph/graph.js';
import type { Op, Value } from '../../graph/ops.js';
import { type DeviceTensor, isDeviceTensor } from '../deviceTensor.js';
import { maskShape, maskWords } from '../dropout.js';
import { engineError } from '../engineError.js';
import type { HostTensor } from '../hostTensor.js';
import type { Initializer } from '../onnxEncoder.js';
import type { CompileOptions, Feeds, Outputs, Program, RunOptions } from '../program.js';
import { symbolValues } from '../symbols.js';
import { dropoutMask } from './dropoutMask.js';
import { type TfjsKernel, tfjsKernels } from './kernels.js';
import type { Tensorflow } from './loadTensorflow.js';
import { type Plan, planOf } from './plan.js';
import { fromHost, TfjsTensor, toHost } from './tfjsTensor.js';

type Bindings = Readonly<Record<string, number>>;

export class TfjsProgram implements Program {
  /** Constants and baked-in parameters, there for as long as the program is. */
  readonly #lasting = new Map<Value, Tensor>();
  /** The inputs that every run is fed, or draws. */
  readonly #inputs: readonly GraphInput[];

  private constructor(
    private readonly tf: Tensorflow,
    private readonly plan: Plan,
    private readonly outputs: ReadonlyMap<string, Value>,
    private readonly kept: ReadonlySet<string>,
    initialized: ReadonlySet<string>,
  ) {
    this.#inputs = plan.inputs.filter(({ name }) => !initialized.has(name));
  }

  /**
   * Makes a graph ready on the current backend of `tf`. Settings of onnxruntime (threads, prepacking, memory plans, profiles) mean
   * nothing here. Throws what `engineError` makes of the engine's words; settings that need a lowering are refused before.
   */
  static compile(tf: Tensorflow, graph: Graph, options: CompileOptions = {}): TfjsProgram {
    const { initializers = new Map<string, Initializer>(), lowering, keep = [], weightsFolder = '' } = options;
    if (lowering) throw new Error('TensorFlow.js computes in single precision only');
    const plan = planOf(graph);
    const outputs = new Map(graph.outputs);
    const program = new TfjsProgram(tf, plan, outputs, new Set(keep), new Set(initializers.keys()));
    try {
      const upload = (value: Value, data: HostTensor['data']) =>
        program.#lasting.set(value, fromHost(tf, { data, dims: value.dims as number[] }));
      for (const value of plan.constants) upload(value, graph.constants.get(value) as HostTensor['data']);
      for (const { name, value } of plan.inputs) {
        const initializer = initializers.get(name);
        if (initializer) upload(value, contents(initializer, weightsFolder));
      }
      return program;
    } catch (cause) {
      free(program.#lasting);
      throw engineError(cause);
    }
  }

  get feedNames(): string[] {
    return this.#inputs.filter(({ source }) => source.kind !== 'dropoutMask').map(({ name }) => name);
  }

  async run(feeds: Feeds, options: RunOptions = {}): Promise<Outputs> {
    return (await this.runKeeping(feeds, options)).outputs;
  }

  async runKeeping(
    feeds: Feeds,
    options: RunOptions = {},
  ): Promise<{ outputs: Outputs; kept: Record<string, DeviceTensor> }> {
    const { into = {}, reuse = {}, dropoutSeed } = options;
    const bindings = symbolValues(this.#inputs, feeds, options.bindings);
    if (dropoutSeed === undefined && this.#inputs.some(({ source }) => source.kind === 'dropoutMask'))
      throw new Error('a graph with dropout needs a dropoutSeed');
    const values = new Map<Value, Tensor>();
    try {
      for (const input of this.#inputs) values.set(input.value, this.#fed(input, feeds, bindings, dropoutSeed ?? 0));
      this.#interpret(values, bindings);
      const outputs: Outputs = {};
      for (const [name, value] of this.outputs) {
        if (!this.kept.has(name)) outputs[name] = await toHost(this.#tensor(values, value), into[name]);
      }
      // Last, when nothing can fail any more that the caller would then not get.
      const kept: Record<string, DeviceTensor> = {};
      for (const name of this.kept) {
        kept[name] = keptTensor(this.#tensor(values, this.outputs.get(name) as Value).clone(), reuse[name]);
      }
      return { outputs, kept };
    } catch (cause) {
      throw engineError(cause);
    } finally {
      free(values);
    }
  }

  /** Frees the constants and baked-in parameters. The program cannot run afterwards. */
  async dispose(): Promise<void> {
    free(this.#lasting);
  }

  /** Runs the nodes, and frees each value when nothing will read it any more. */
  #interpret(values: Map<Value, Tensor>, bindings: Bindings): void {
    const { tf } = this;
    const sizeOf = (dim: number | string) => evaluate(dim, bindings);
    for (const { node, free } of this.plan.nodes) {
      const kernel = tfjsKernels[node.op] as TfjsKernel<Op>;
      const x = node.inputs.map((value) => this.#tensor(values, value));
      const dims = node.outputs.map((value) => value.dims.map(sizeOf));
      const made = tf.tidy(() => kernel({ tf, x, attributes: node.attributes as never, dims, sizeOf }));
      for (const [i, tensor] of (Array.isArray(made) ? made : [made]).entries()) {
        values.set(node.outputs[i] as Value, tensor);
      }
      for (const value of free) {
        values.get(value)?.dispose();
        values.delete(value);
      }
    }
  }

  #tensor(values: ReadonlyMap<Value, Tensor>, value: Value): Tensor {
    return (values.get(value) ?? this.#lasting.get(value)) as Tensor;
  }

  #fed({ name, value, source }: GraphInput, feeds: Feeds, bindings: Bindings, dropoutSeed: number): Tensor {
    if (source.kind === 'dropoutMask') {
      const words = maskWords(...maskShape(value.dims, bindings), [dropoutSeed, source.site]);
      const dims = value.dims.map((dim) => evaluate(dim, bindings));
      return dropoutMask(this.tf, words, source.probability, dims);
    }
    const feed = feeds[name] as HostTensor | DeviceTensor;
    // A second name for the same memory, so that a run frees all of its tensors alike.
    return isDeviceTensor(feed) ? (feed.handle as Tensor).clone() : fromHost(this.tf, feed);
  }
}

function keptTensor(tensor: Tensor, reused: DeviceTensor | undefined): DeviceTensor {
  if (!(reused instanceof TfjsTensor)) return new TfjsTensor(tensor);
  reused.replace(tensor);
  return reused;
}

function free(tensors: Map<Value, Tensor>): void {
  for (const tensor of tensors.values()) tensor.dispose();
  tensors.clear();
}

/** A parameter's numbers, from memory or from its place in a file of the folder. */
function contents(initializer: Initializer, folder: string): Float32Array {
  if (initializer instanceof Float32Array) return initializer;
  const bytes = new Uint8Array(initializer.sizeBytes);
  const file = openSync(join(folder, initializer.file), 'r');
  try {
    readSync(file, bytes, 0, bytes.length, initializer.offset);
  } finally {
    closeSync(file);
  }
  return new Float32Array(bytes.buffer);
}
