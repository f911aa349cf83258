/** A compiled graph: the only place that calls onnxruntime-node. */
import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { elementCount, evaluate } from '../graph/dims.js';
import type { Graph, GraphInput } from '../graph/graph.js';
import { TrainerError } from '../protocol/errors.js';
import { fillDropoutMask } from './dropout.js';
import type { HostTensor } from './hostTensor.js';
import { type EncodedGraph, encodeGraph, type Initializer, type Lowering, shapeData } from './onnxEncoder.js';
import { encodeModel } from './onnxSchema.js';

export interface CompileOptions {
  /** Threads inside one op; default: all cores. */
  threads?: number;
  /** Parameters to bake into the model instead of feeding them on every run. */
  initializers?: ReadonlyMap<string, Initializer>;
  /** The folder that external initializers' file names are relative to. */
  weightsFolder?: string;
  /** Spells some ops in another precision (`int8Lowering`). */
  lowering?: Lowering;
  /** Keep a second, rearranged copy of baked-in matrices that multiplies faster. Default true. */
  prepack?: boolean;
  /**
   * Plan the memory of a run once for each shape that comes again, which saves a little time. Default true. False where many shapes
   * come: a plan is one piece as large as all of a run, and lies beside what runs of other shapes have left.
   */
  planMemory?: boolean;
  /** Where to write a profile of every op (Chrome trace format) when the program is disposed. */
  profileFile?: string;
}

export interface RunOptions {
  /** Values for symbols that appear in no fed tensor's shape. */
  bindings?: Readonly<Record<string, number>>;
  /** Memory to write outputs into, by name; it must not be the memory of an input (see ARCHITECTURE.md on aliasing). */
  into?: Readonly<Record<string, HostTensor>>;
  /** Names the dropout masks of this run; required when the graph has dropout. */
  dropoutSeed?: number;
}

/** The outputs of a run by name. */
export type Outputs = Record<string, HostTensor>;

/** A graph made ready to run on the CPU; serves every batch size and length. */
export class Program {
  readonly #session: ort.InferenceSession;
  /** Without the graph, whose weights the engine has copied. */
  readonly #encoded: Omit<EncodedGraph, 'graph'>;
  readonly #outputNames: readonly string[];
  readonly #masks = new Map<string, Float32Array>();
  readonly #profiling: boolean;

  private constructor(
    session: ort.InferenceSession,
    encoded: Omit<EncodedGraph, 'graph'>,
    outputNames: readonly string[],
    profiling: boolean,
  ) {
    this.#session = session;
    this.#encoded = encoded;
    this.#outputNames = outputNames;
    this.#profiling = profiling;
  }

  /** Encodes and loads the graph. Throws TrainerError `engineFailed` with the engine's words. */
  static async compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
    const lowering = options.lowering ? { lowering: options.lowering } : {};
    const { graph: model, ...encoded } = encodeGraph(graph, options.initializers, lowering);
    const session: Record<string, string> = {};
    if (options.weightsFolder) session.model_external_initializers_file_folder_path = options.weightsFolder;
    if (options.prepack === false) session.disable_prepacking = '1';
    try {
      const created = await ort.InferenceSession.create(encodeModel(model), {
        intraOpNumThreads: options.threads ?? availableParallelism(),
        graphOptimizationLevel: 'all',
        enableMemPattern: options.planMemory ?? true,
        logSeverityLevel: 3,
        extra: { session },
        ...(options.profileFile ? { enableProfiling: true, profileFilePrefix: options.profileFile } : {}),
      });
      return new Program(created, encoded, [...graph.outputs.keys()], options.profileFile !== undefined);
    } catch (cause) {
      throw new TrainerError('engineFailed', { reason: messageOf(cause) }, { cause });
    }
  }

  /** The inputs a run needs, by name; dropout masks and shapes are not among them. */
  get feedNames(): string[] {
    return this.#encoded.inputs.filter((input) => input.source.kind !== 'dropoutMask').map((input) => input.name);
  }

  /**
   * Runs the graph. Feeds that the graph does not need are ignored; a missing one is an Error.
   * Throws TrainerError `outOfMemory`, after which a smaller run may still do, and `engineFailed`.
   */
  async run(feeds: Readonly<Record<string, HostTensor>>, options: RunOptions = {}): Promise<Outputs> {
    try {
      return await this.#run(feeds, options);
    } catch (cause) {
      if (isOutOfMemory(cause)) throw new TrainerError('outOfMemory', { reason: messageOf(cause) }, { cause });
      throw cause;
    }
  }

  async #run(feeds: Readonly<Record<string, HostTensor>>, options: RunOptions): Promise<Outputs> {
    const bindings = this.#bindings(feeds, options.bindings);
    const tensors: Record<string, ort.Tensor> = {};
    this.#encoded.inputs.forEach((input, site) => {
      if (input.source.kind === 'dropoutMask')
        tensors[input.name] = this.#mask(input, site, bindings, options.dropoutSeed);
      else tensors[input.name] = toOrt(feeds[input.name] as HostTensor);
    });
    for (const { name, dims } of this.#encoded.shapeInputs) {
      tensors[name] = new ort.Tensor('int64', shapeData(dims, bindings), [dims.length]);
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of this.#outputNames) {
      const target = options.into?.[name];
      fetches[name] = target ? toOrt(target) : null;
    }
    let results: ort.InferenceSession.ReturnType;
    try {
      results = await this.#session.run(tensors, fetches as ort.InferenceSession.FetchesType);
    } catch (cause) {
      throw new TrainerError('engineFailed', { reason: messageOf(cause) }, { cause });
    }
    const outputs: Outputs = {};
    for (const name of this.#outputNames) {
      const { data, dims } = results[name] as ort.Tensor;
      outputs[name] = options.into?.[name] ?? { data: data as Float32Array, dims };
    }
    return outputs;
  }

  /** Frees the engine's memory. The program cannot run afterwards. */
  async dispose(): Promise<void> {
    if (this.#profiling) this.#session.endProfiling();
    await this.#session.release();
  }

  /** The symbols' values: given, or read off the fed tensors' shapes. Inputs that disagree are an Error. */
  #bindings(feeds: Readonly<Record<string, HostTensor>>, given: RunOptions['bindings']): Record<string, number> {
    const bindings: Record<string, number> = { ...given };
    const fed = this.#encoded.inputs.filter(({ source }) => source.kind !== 'dropoutMask');
    for (const { name, value } of fed) {
      const feed = feeds[name];
      if (!feed) throw new Error(`input '${name}' was not fed`);
      value.dims.forEach((dim, i) => {
        if (typeof dim === 'string' && !dim.includes('*')) bindings[dim] ??= feed.dims[i] as number;
      });
    }
    for (const { name, value } of fed) {
      const { dims } = feeds[name] as HostTensor;
      if (dims.length === value.dims.length && value.dims.every((dim, i) => evaluate(dim, bindings) === dims[i]))
        continue;
      throw new Error(`input '${name}' is [${dims.join(', ')}], the graph says [${value.dims.join(', ')}]`);
    }
    return bindings;
  }

  #mask(
    input: GraphInput,
    site: number,
    bindings: Readonly<Record<string, number>>,
    seed: number | undefined,
  ): ort.Tensor {
    if (input.source.kind !== 'dropoutMask') throw new Error(`'${input.name}' is not a dropout mask`);
    if (seed === undefined) throw new Error('a graph with dropout needs a dropoutSeed');
    const size = elementCount(input.value.dims, bindings);
    let memory = this.#masks.get(input.name);
    if (!memory || memory.length < size) {
      memory = new Float32Array(size);
      this.#masks.set(input.name, memory);
    }
    const mask = memory.subarray(0, size);
    fillDropoutMask(mask, input.source.probability, [seed, site]);
    return new ort.Tensor(
      'float32',
      mask,
      input.value.dims.map((dim) => evaluate(dim, bindings)),
    );
  }
}

function toOrt({ data, dims }: HostTensor): ort.Tensor {
  return data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int32', data, dims);
}

/** What onnxruntime's arena, the C++ library below it and JavaScript say when there is no memory left. */
function isOutOfMemory(error: unknown): boolean {
  const said = /failed to allocate memory|bad[ _]alloc|array buffer allocation failed|out of memory/i;
  return (
    (error instanceof TrainerError ? error.code === 'engineFailed' : error instanceof RangeError) &&
    said.test(messageOf(error))
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
