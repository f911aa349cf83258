/** ONNX nodes written one after the other, with the small constants that they read: for graphs that are no `Graph` of ours. */
import { dataType, type GraphProto, type NodeProto, type TensorProto } from './onnxSchema.js';

export class NodeList {
  readonly nodes: NodeProto[] = [];
  readonly #constants = new Map<string, TensorProto>();
  #fresh = 0;

  /** @param scope what names made here begin with: a graph inside of another must not have a name of the outer one's. */
  constructor(private readonly scope: string) {}

  /** Appends a node. */
  push(opType: string, input: string[], output: string[], attributes: NodeProto['attribute'] = []): void {
    this.nodes.push({ opType, input, output, attribute: attributes });
  }

  /** Appends a node with one output and gives that output's name. */
  node(opType: string, input: string[], attributes: NodeProto['attribute'] = [], output = this.temporary()): string {
    this.push(opType, input, [output], attributes);
    return output;
  }

  /** A name that nothing has yet. */
  temporary(): string {
    return `${this.scope}:${this.#fresh++}`;
  }

  /** The name of a constant int64 vector. */
  ints(values: readonly number[]): string {
    return this.#constant('int64', BigInt64Array.from(values, BigInt), [values.length], values);
  }

  /** The name of a constant int64 scalar. */
  int(value: number): string {
    return this.#constant('int64', BigInt64Array.of(BigInt(value)), [], ['scalar', value]);
  }

  /** The name of a constant float32 scalar. */
  float(value: number): string {
    return this.#constant('float32', Float32Array.of(value), [], [value]);
  }

  /** The name of a constant float64 scalar. */
  double(value: number): string {
    return this.#constant('float64', Float64Array.of(value), [], [value]);
  }

  /** The graph of these nodes. `initializers`: those that come to its own constants. */
  graph(parts: Pick<GraphProto, 'input' | 'output'>, initializers: readonly TensorProto[] = []): GraphProto {
    const initializer = [...this.#constants.values(), ...initializers];
    return { name: this.scope, node: this.nodes, initializer, ...parts };
  }

  #constant(
    type: keyof typeof dataType,
    { buffer }: Float32Array | Float64Array | BigInt64Array,
    dims: number[],
    key: readonly unknown[],
  ): string {
    const name = `${this.scope}:${type}:${key.join(',')}`;
    this.#constants.set(name, { name, dims, dataType: dataType[type], rawData: new Uint8Array(buffer) });
    return name;
  }
}
