/** A graph compiled by onnxruntime-node: on the CPU, or on a GPU by one of its execution providers. */
import * as ort from 'onnxruntime-node';
import type { Graph } from '../graph/graph.js';
import { type DeviceTensor, isDeviceTensor } from './deviceTensor.js';
import { DropoutFeeds } from './dropoutFeeds.js';
import { engineError } from './engineError.js';
import { providerOf } from './executionProviders.js';
import type { HostTensor } from './hostTensor.js';
import { CutGraph } from './largeTensors.js';
import { type EncodedGraph, encodeGraph, shapeData } from './onnxEncoder.js';
import { encodeModel } from './onnxSchema.js';
import type { CompileOptions, Feeds, Outputs, Program, RunOptions } from './program.js';
import { sessionOptions } from './sessionOptions.js';
import { symbolValues } from './symbols.js';

export class OrtProgram implements Program {
  /** The outputs that `keep` names; on the CPU they are host memory like any other. */
  readonly #kept: ReadonlySet<string>;

  private constructor(
    private readonly session: ort.InferenceSession,
    /** Without the graph, whose weights the engine has copied. */
    private readonly encoded: Omit<EncodedGraph, 'graph'>,
    private readonly cut: Omit<CutGraph, 'graph' | 'initializers'>,
    private readonly dropout: DropoutFeeds,
    private readonly outputNames: readonly string[],
    private readonly options: Pick<CompileOptions, 'inPlace' | 'profileFile'>,
    kept: readonly string[],
  ) {
    this.#kept = new Set(kept);
  }

  /** Encodes and loads the graph. Throws what `engineError` makes of the engine's words. */
  static async compile(graph: Graph, options: CompileOptions = {}): Promise<OrtProgram> {
    const { dialect, largestTensor = Number.POSITIVE_INFINITY } = providerOf(options.device);
    const cut = new CutGraph(graph, options.largestTensor ?? largestTensor);
    const masksInGraph = options.masksInGraph ?? (options.device ?? { name: 'cpu' }).name !== 'cpu';
    const { graph: model, ...encoded } = encodeGraph(cut.graph, cut.initializers(options.initializers ?? new Map()), {
      masksInGraph,
      ...(options.lowering && { lowering: options.lowering }),
      ...(dialect && { dialect }),
    });
    const outputNames = [...graph.outputs.keys()];
    const { inPlace, profileFile, keep = [] } = options;
    try {
      const session = await ort.InferenceSession.create(encodeModel(model), sessionOptions(options, outputNames));
      const kept = { ...(inPlace && { inPlace }), ...(profileFile !== undefined && { profileFile }) };
      const dropout = new DropoutFeeds(encoded.inputs, masksInGraph);
      return new OrtProgram(session, encoded, cut, dropout, outputNames, kept, keep);
    } catch (cause) {
      throw engineError(cause);
    }
  }

  get feedNames(): string[] {
    return [...new Set(this.#ownInputs().map((name) => this.cut.ownerOf(name)))];
  }

  async run(feeds: Feeds, options: RunOptions = {}): Promise<Outputs> {
    return (await this.runKeeping(feeds, options)).outputs;
  }

  async runKeeping(
    feeds: Feeds,
    options: RunOptions = {},
  ): Promise<{ outputs: Outputs; kept: Record<string, DeviceTensor> }> {
    try {
      return await this.#run(feeds, options);
    } catch (cause) {
      // JavaScript's own memory can run out too: for masks.
      throw cause instanceof RangeError && engineError(cause).code === 'outOfMemory' ? engineError(cause) : cause;
    }
  }

  /** What is fed to the engine, dropout and shapes aside. */
  #ownInputs(): string[] {
    return this.encoded.inputs.filter(({ source }) => source.kind !== 'dropoutMask').map(({ name }) => name);
  }

  async #run(whole: Feeds, { bindings: given, into = {}, reuse = {}, dropoutSeed }: RunOptions) {
    const feeds = this.cut.feeds(whole);
    const bindings = symbolValues(this.encoded.inputs, feeds, given);
    const tensors: Record<string, ort.Tensor> = {};
    for (const name of this.#ownInputs()) tensors[name] = toOrt(feeds[name] as HostTensor | DeviceTensor);
    for (const [name, tensor] of Object.entries(this.dropout.of(bindings, dropoutSeed))) tensors[name] = toOrt(tensor);
    for (const { name, dims } of this.encoded.shapeInputs) {
      tensors[name] = new ort.Tensor('int64', shapeData(dims, bindings), [dims.length]);
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of this.outputNames) {
      const target = into[name] ?? (this.options.inPlace ? reuse[name] : undefined);
      fetches[name] = target ? toOrt(target) : null;
    }
    let results: ort.InferenceSession.ReturnType;
    try {
      results = await this.session.run(tensors, fetches as ort.InferenceSession.FetchesType);
    } catch (cause) {
      throw engineError(cause);
    }
    const outputs: Outputs = {};
    const kept: Record<string, DeviceTensor> = {};
    for (const name of this.outputNames) {
      const result = results[name] as ort.Tensor;
      if (this.#kept.has(name)) kept[name] = reuse[name] ?? keptTensor(result);
      else outputs[name] = into[name] ?? { data: result.data as Float32Array, dims: result.dims };
    }
    return { outputs, kept };
  }

  async dispose(): Promise<void> {
    if (this.options.profileFile !== undefined) this.session.endProfiling();
    await this.session.release();
  }
}

function toOrt(tensor: HostTensor | DeviceTensor): ort.Tensor {
  if (isDeviceTensor(tensor)) return tensor.handle as ort.Tensor;
  const { data, dims } = tensor;
  return data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int32', data, dims);
}

function keptTensor(tensor: ort.Tensor): DeviceTensor {
  return {
    dims: tensor.dims,
    type: tensor.type as DeviceTensor['type'],
    handle: tensor,
    dispose: () => {
      if (tensor.location === 'gpu-buffer') tensor.dispose();
    },
  };
}
