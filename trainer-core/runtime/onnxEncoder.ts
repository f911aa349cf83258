/** Turns a symbolic graph into an ONNX model: one node an op, composites spelled out, shapes resolved as late as they must be. */
import { type Dim, evaluate, factors } from '../graph/dims.js';
import { type Graph, type GraphInput, topologicalOrder } from '../graph/graph.js';
import type { Node, Op, Value } from '../graph/ops.js';
import { type EmitContext, type Emitter, emitters } from './emitters.js';
import { emitMask, wordInputs } from './maskEmission.js';
import {
  attribute,
  dataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnxSchema.js';

/** Where a parameter's bytes lie in a file: the engine maps them instead of copying. */
export interface ExternalTensor {
  file: string;
  offset: number;
  sizeBytes: number;
}

/** A parameter that is part of the model rather than fed: its float32 elements, or where they lie on disk. */
export type Initializer = Float32Array | ExternalTensor;

/** A dimension, or several that are added up. */
export type Size = Dim | readonly Dim[];

/** Other spellings of some ops, such as those of another precision. One that gives false leaves the op to the usual spelling. */
export type Lowering = { readonly [O in Op]?: (context: EmitContext<O>) => boolean };

/** How a runtime that lacks some kernels has their ops spelled. */
export interface Dialect {
  lowering: Lowering;
  /** The same for ONNX nodes of a type, whatever op they are part of; none may be spelled with another of its own type. */
  nodes: Readonly<Record<string, (e: Encoder, node: NodeProto) => void>>;
}

export interface EncodeOptions {
  /** Default: none. */
  lowering?: Lowering;
  /** Of the runtime; asked where the lowering leaves an op to the usual spelling. Default: none. */
  dialect?: Dialect;
  /** True: shapes are worked out in the model from those of its inputs, so that any runtime can run it. Default false: they are fed. */
  shapesInModel?: boolean;
  /** True: dropout masks are worked out in the model, and their words are fed (`wordInputs`). Default false: masks are fed. */
  masksInGraph?: boolean;
}

export interface EncodedGraph {
  graph: GraphProto;
  /** The inputs that the outputs depend on, and so the ones to feed. */
  inputs: GraphInput[];
  /** int64 inputs that carry a shape with more than one unknown dimension; the runtime works them out for each run. */
  shapeInputs: { name: string; dims: readonly Size[] }[];
}

/** Encodes what the graph's outputs need. `initializers` turns parameters of those names into constants of the model. */
export function encodeGraph(
  graph: Graph,
  initializers: ReadonlyMap<string, Initializer> = new Map(),
  options: EncodeOptions = {},
): EncodedGraph {
  return new Encoder(graph, initializers, options).encode();
}

export class Encoder {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #names = new Map<Value, string>();
  readonly #shapeInputs = new Map<string, readonly Size[]>();
  readonly #parameterNames: ReadonlyMap<Value, string>;
  /** Masks that the model works out, by the values they stand for. */
  readonly #masks = new Map<Value, GraphInput>();
  #fresh = 0;

  constructor(
    readonly graph: Graph,
    readonly parameters: ReadonlyMap<string, Initializer>,
    readonly options: EncodeOptions,
  ) {
    this.#parameterNames = new Map(graph.inputsOf('parameter').map(({ name, value }) => [value, name]));
  }

  encode(): EncodedGraph {
    for (const input of this.graph.inputs.values()) {
      if (this.#makes(input)) this.#masks.set(input.value, input);
      else this.#names.set(input.value, input.name);
    }
    const order = topologicalOrder(this.graph.outputs.values());
    for (const node of order) this.#emit(node);
    const output = [...this.graph.outputs].map(([name, value]) => {
      this.node('Identity', [this.name(value)], [], name);
      return valueInfo(name, value.type, value.dims);
    });
    const nodes = withoutIdle(this.#nodes, [...this.graph.outputs.keys()]);
    const used = new Set(nodes.flatMap(({ input }) => input));
    const inputs = [...this.graph.inputs.values()].filter(({ name }) => used.has(name));
    for (const { name, value } of inputs) {
      const data = this.parameters.get(name);
      if (data) this.#initializers.set(name, tensorOf(name, value.dims as number[], data));
    }
    const fed = inputs.filter(({ name }) => !this.parameters.has(name));
    const shapeInputs = [...this.#shapeInputs]
      .filter(([name]) => used.has(name))
      .map(([name, dims]) => ({ name, dims }));
    const graph: GraphProto = {
      name: 'graph',
      node: nodes,
      initializer: [...this.#initializers.values()].filter(({ name }) => used.has(name as string)),
      input: [
        ...fed.flatMap((input) =>
          this.#makes(input)
            ? wordInputs(input).map(({ name, dims }) => valueInfo(name, 'int32', dims))
            : [valueInfo(input.name, input.value.type, input.value.dims)],
        ),
        ...shapeInputs.map(({ name, dims }) => valueInfo(name, 'int64', [dims.length])),
      ],
      output,
    };
    return { graph, inputs: fed, shapeInputs };
  }

  /** Emits an ONNX node with one output and returns that output's name. */
  node(opType: string, input: string[], attributes: NodeProto['attribute'] = [], output = this.temporary()): string {
    this.push({ opType, input, output: [output], attribute: attributes });
    return output;
  }

  /** The ONNX name of a value. */
  name(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const mask = this.#masks.get(value);
    const name = mask?.name ?? `v${value.id}`;
    this.#names.set(value, name);
    if (mask?.source.kind === 'dropoutMask') emitMask(this, mask, mask.source.probability);
    const data = this.graph.constants.get(value);
    if (data) {
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      this.#initializers.set(name, { name, dims: value.dims as number[], dataType: dataType[value.type], rawData });
    }
    return name;
  }

  /** Whether the input is a mask that the model works out. */
  #makes({ source }: GraphInput): boolean {
    return this.options.masksInGraph === true && source.kind === 'dropoutMask';
  }

  /** The name of a constant int64 vector. */
  ints(values: readonly number[]): string {
    const name = `ints:${values.join(',')}`;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.set(name, { name, dims: [values.length], dataType: dataType.int64, rawData });
    return name;
  }

  /** The name of a constant float32 scalar. */
  float(value: number): string {
    const name = `float:${value}`;
    const rawData = new Uint8Array(Float32Array.of(value).buffer);
    this.#initializers.set(name, { name, dims: [], dataType: dataType.float32, rawData });
    return name;
  }

  /** The name of a constant int32 scalar. */
  int32(value: number): string {
    const name = `int32:${value}`;
    const rawData = new Uint8Array(Int32Array.of(value).buffer);
    this.#initializers.set(name, { name, dims: [], dataType: dataType.int32, rawData });
    return name;
  }

  /** The name of an int64 vector that holds these dimensions: constant when they are numbers, fed or worked out otherwise. */
  shape(dims: readonly Dim[]): string {
    if (dims.every((dim) => typeof dim === 'number')) return this.ints(dims as number[]);
    if (this.options.shapesInModel) return this.#computedShape(dims);
    return this.#fedShape(dims);
  }

  /** The name of an int64 vector of sums of dimensions. */
  sums(terms: readonly (readonly Dim[])[]): string {
    const total = (dims: readonly Dim[]) => (dims as number[]).reduce((sum, dim) => sum + dim, 0);
    return terms.flat().every((dim) => typeof dim === 'number') ? this.ints(terms.map(total)) : this.#fedShape(terms);
  }

  #fedShape(sizes: readonly Size[]): string {
    const name = `shape:${sizes.map((size) => (Array.isArray(size) ? size.join('+') : size)).join(',')}`;
    this.#shapeInputs.set(name, sizes);
    return name;
  }

  /** The name and contents of a parameter that is part of the model and lies in memory; null for any other value. */
  parameter(value: Value): { name: string; data: Float32Array } | null {
    const name = this.#parameterNames.get(value);
    const data = name === undefined ? undefined : this.parameters.get(name);
    return name !== undefined && data instanceof Float32Array ? { name, data } : null;
  }

  /** The name of a tensor of the model's own; `make` is asked for it once. */
  initializer(name: string, make: () => Omit<TensorProto, 'name'>): string {
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, ...make() });
    return name;
  }

  /** Each dimension as a vector of one, from the shape of the first input that has it; then put together. */
  #computedShape(dims: readonly Dim[]): string {
    const parts = dims.map((dim) =>
      factors(dim)
        .map((factor) => (typeof factor === 'number' ? this.ints([factor]) : this.#symbol(factor)))
        .reduce((a, b) => this.#once(`size:${a}*${b}`, 'Mul', [a, b])),
    );
    if (parts.length === 1) return parts[0] as string;
    return this.#once(`shape:${dims.join(',')}`, 'Concat', parts, [attribute.int('axis', 0)]);
  }

  #symbol(symbol: string): string {
    for (const { name, value, source } of this.graph.inputs.values()) {
      const axis = value.dims.indexOf(symbol);
      if (source.kind !== 'feed' || axis < 0) continue;
      return this.#once(
        `size:${symbol}`,
        'Shape',
        [name],
        [attribute.int('start', axis), attribute.int('end', axis + 1)],
      );
    }
    throw new Error(`no input has the dimension '${symbol}'`);
  }

  readonly #made = new Set<string>();

  /** Emits a node whose output has this name, unless it is there. */
  #once(output: string, opType: string, input: string[], attributes: NodeProto['attribute'] = []): string {
    if (this.#made.has(output)) return output;
    this.#made.add(output);
    return this.node(opType, input, attributes, output);
  }

  /** A name that nothing has yet. */
  temporary(): string {
    return `t${this.#fresh++}`;
  }

  #emit(node: Node): void {
    const inputs = node.inputs.map((x) => this.name(x));
    const outputs = node.outputs.map((y) => this.name(y));
    if (!this.#lower(this.options.lowering, node, inputs, outputs)) this.spell(node, inputs, outputs);
  }

  /** Emits a node in the runtime's dialect or, without one, in the usual way, between values of these names. */
  spell(node: Node, inputs: string[], outputs: string[]): void {
    if (this.#lower(this.options.dialect?.lowering, node, inputs, outputs)) return;
    const emitter = emitters[node.op] as Emitter<Op> | undefined;
    if (emitter) emitter({ e: this, node, inputs, outputs, attributes: node.attributes as never });
    else this.push({ opType: node.op, input: inputs, output: outputs, attribute: [] });
  }

  /** True when the lowering has emitted the node. */
  #lower(lowering: Lowering | undefined, node: Node, inputs: string[], outputs: string[]): boolean {
    const lower = lowering?.[node.op] as ((context: EmitContext<Op>) => boolean) | undefined;
    return lower?.({ e: this, node, inputs, outputs, attributes: node.attributes as never }) ?? false;
  }

  /** Appends a node with several outputs. */
  push(node: NodeProto): void {
    const spelled = this.options.dialect?.nodes[node.opType];
    if (spelled) spelled(this, node);
    else this.#nodes.push(node);
  }
}

/** The nodes that the outputs need: a lowering may have spelled a value in two precisions of which one is read. */
function withoutIdle(nodes: readonly NodeProto[], outputs: readonly string[]): NodeProto[] {
  const needed = new Set(outputs);
  const kept = nodes.toReversed().filter(({ input, output }) => {
    if (!output.some((name) => needed.has(name))) return false;
    for (const name of input) needed.add(name);
    return true;
  });
  return kept.reverse();
}

/** How the model says what an input or output is. */
export function valueInfo(name: string, type: keyof typeof dataType, dims: readonly Dim[]): ValueInfoProto {
  const dim = dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name, type: { tensorType: { elemType: dataType[type], shape: { dim } } } };
}

function tensorOf(name: string, dims: number[], data: Initializer): TensorProto {
  const head = { name, dims, dataType: dataType.float32 };
  if (data instanceof Float32Array) {
    return { ...head, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  }
  const entry = (key: string, value: string) => ({ key, value });
  return {
    ...head,
    dataLocation: 1,
    externalData: [
      entry('location', data.file),
      entry('offset', String(data.offset)),
      entry('length', String(data.sizeBytes)),
    ],
  };
}

/** The int64 contents of a shape input for one run. */
export function shapeData(sizes: readonly Size[], bindings: Readonly<Record<string, number>>): BigInt64Array {
  const total = (dims: readonly Dim[]) => dims.reduce<number>((sum, dim) => sum + evaluate(dim, bindings), 0);
  return BigInt64Array.from(sizes, (size) => BigInt(total(typeof size === 'object' ? size : [size])));
}
