/** A stretch of training as one run of the engine (`loopGraph.ts`): state goes in, moves over many steps on the device, and comes out. */
import * as ort from 'onnxruntime-node';
import type { Graph, GraphInput } from '../graph/graph.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { DropoutFeeds } from './dropoutFeeds.js';
import { engineError } from './engineError.js';
import type { HostTensor } from './hostTensor.js';
import { type EncodedLoop, LOOP, type LoopSpec, loopGraph, STATE, type StateBlock } from './loopGraph.js';
import { TABLES, tableColumns } from './loopRun.js';
import { type Initializer, shapeData } from './onnxEncoder.js';
import { encodeModel } from './onnxSchema.js';
import type { CompileOptions } from './program.js';
import { sessionOptions } from './sessionOptions.js';
import { symbolValues } from './symbols.js';

/** A run of the gradient graph. */
export interface LoopRun {
  feeds: Readonly<Record<string, HostTensor>>;
  /** Values for symbols that no feed's shape tells. */
  bindings?: Readonly<Record<string, number>>;
  /** Names its dropout masks. */
  dropoutSeed: number;
}

/** An optimiser step. */
export interface LoopStep {
  runs: readonly LoopRun[];
  /** AdamW's epsilon, then stepSize and keep of each group (`adamwNumbers`). */
  numbers: readonly number[];
}

export interface LoopResult {
  /** The global norm of each step that was done. One that was not finite is the last, and moved nothing. */
  norms: Float64Array;
  /** Of each run of these steps, one after the other: the scalars of `spec.reported`. */
  reported: Float32Array;
}

export class LoopProgram {
  /** The gradient graph's inputs, without those that the loop carries. */
  readonly #fed: readonly GraphInput[];
  readonly #dropout: DropoutFeeds;

  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly spec: LoopSpec,
    private readonly loop: Omit<EncodedLoop, 'graph'>,
  ) {
    const fed = new Set(loop.runInputs.map(({ name }) => name));
    this.#fed = loop.encoded.inputs.filter(({ name }) => fed.has(name));
    this.#dropout = new DropoutFeeds(loop.encoded.inputs, true);
  }

  /**
   * Makes it ready. `fixed`: parameters that stay as they are; they are copied to the device once.
   * Throws what `engineError` makes of the engine's words.
   */
  static async compile(
    graph: Graph,
    spec: LoopSpec,
    fixed: ReadonlyMap<string, Initializer>,
    options: CompileOptions,
  ): Promise<LoopProgram> {
    const { lowering } = options;
    // Of all the runs together, masks would be a large part of what is carried to the device.
    const encoding = { masksInGraph: true, ...(lowering && { lowering }) };
    const { graph: model, ...loop } = loopGraph(graph, spec, fixed, encoding);
    const names = model.output.map(({ name }) => name);
    try {
      const session = await ort.InferenceSession.create(encodeModel(model), sessionOptions(options, names));
      return new LoopProgram(session, spec, loop);
    } catch (cause) {
      throw engineError(cause);
    }
  }

  /**
   * Runs steps, and writes what comes of `state` over it once all are done; when this throws, it is as it was.
   * @param moves false: works out gradients and norms, and moves nothing.
   * @param gradients memory for the last step's gradients, where `spec.keepGradients`.
   */
  async run(
    state: Readonly<Record<StateBlock, NamedTensors>>,
    steps: readonly LoopStep[],
    { moves = true, gradients }: { moves?: boolean; gradients?: NamedTensors } = {},
  ): Promise<LoopResult> {
    try {
      const feeds: Record<string, ort.Tensor> = { ...this.#tables(steps.flatMap(({ runs }) => runs)) };
      const counts = steps.map(({ runs }) => runs.length);
      const firsts: number[] = [];
      counts.reduce((runs, count) => {
        firsts.push(runs);
        return runs + count;
      }, 0);
      feeds[LOOP.steps] = int64([steps.length]);
      feeds[LOOP.first] = int64(firsts);
      feeds[LOOP.count] = int64(counts);
      const numbers = Float32Array.from(steps.flatMap((step) => step.numbers));
      feeds[LOOP.numbers] = new ort.Tensor('float32', numbers, [steps.length, numbers.length / steps.length]);
      feeds[LOOP.moves] = new ort.Tensor('bool', Uint8Array.of(Number(moves)), [1]);
      feeds[LOOP.zero] = new ort.Tensor('float32', new Float32Array(1), [1]);
      const fetches: Record<string, ort.Tensor | null> = { [LOOP.reported]: null, [LOOP.norms]: null };
      for (const block of STATE) {
        for (const [name, tensor] of state[block]) {
          // Feed and fetch are the same memory: the Loop's node alone reads the one, and writes the other when it has ended.
          feeds[LOOP.before(block, name)] = float32(tensor);
          fetches[LOOP.after(block, name)] = feeds[LOOP.before(block, name)] as ort.Tensor;
        }
      }
      for (const [name, tensor] of gradients ?? []) fetches[LOOP.gradient(name)] = float32(tensor);
      const results = await this.session.run(feeds, fetches as ort.InferenceSession.FetchesType);
      const norms = results[LOOP.norms]?.data as Float64Array;
      const reported = results[LOOP.reported]?.data as Float32Array;
      return { norms, reported: reported.subarray(this.spec.reported.length) };
    } catch (cause) {
      throw engineError(cause);
    }
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  /** What the runs are fed, laid end to end, and where it lies. */
  #tables(runs: readonly LoopRun[]): Record<string, ort.Tensor> {
    const { runInputs } = this.loop;
    const vectors = { floats: [] as HostTensor['data'][], ints: [] as HostTensor['data'][] };
    const sizes = { floats: 0, ints: 0 };
    const columns = tableColumns(runInputs);
    const table = new BigInt64Array(runs.length * columns);
    let at = 0;
    const tell = (...numbers: number[]) => {
      for (const number of numbers) table[at++] = BigInt(number);
    };
    for (const run of runs) {
      const inputs = this.#inputsOf(run);
      for (const { name, in: source } of runInputs) {
        const { data, dims } = inputs[name] as RunTensor;
        if (source === 'table') {
          tell(...Array.from(data, Number));
          continue;
        }
        tell(sizes[source], sizes[source] + data.length, ...dims);
        vectors[source].push(data as HostTensor['data']);
        sizes[source] += data.length;
      }
    }
    const floats = joined(new Float32Array(sizes.floats), vectors.floats);
    const ints = joined(new Int32Array(sizes.ints), vectors.ints);
    return {
      [TABLES.floats]: new ort.Tensor('float32', floats, [floats.length]),
      [TABLES.ints]: new ort.Tensor('int32', ints, [ints.length]),
      [TABLES.table]: new ort.Tensor('int64', table, [runs.length, columns]),
    };
  }

  /** All that a run has of its own, by name. */
  #inputsOf({ feeds, bindings: given, dropoutSeed }: LoopRun): Readonly<Record<string, RunTensor>> {
    const { encoded } = this.loop;
    const bindings = symbolValues(this.#fed, feeds, given);
    const shapes = encoded.shapeInputs.map(({ name, dims }) => {
      return [name, { data: shapeData(dims, bindings), dims: [dims.length] }] as const;
    });
    return { ...feeds, ...this.#dropout.of(bindings, dropoutSeed), ...Object.fromEntries(shapes) };
  }
}

type RunTensor = HostTensor | { data: BigInt64Array; dims: readonly number[] };

function joined<T extends Float32Array | Int32Array>(whole: T, parts: readonly HostTensor['data'][]): T {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function int64(values: readonly number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
}

function float32({ data, dims }: FloatTensor): ort.Tensor {
  return new ort.Tensor('float32', data, dims);
}
