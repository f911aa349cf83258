/**
 * A graph's matrices and tables as int8, in ONNX's standard ops: activations are quantised as they come (DynamicQuantizeLinear, one
 * scale a tensor), multiplied as integers (MatMulInteger) and scaled back by channel. onnxruntime makes one op of these.
 */
import type { Dim } from '../graph/dims.js';
import { type Graph, topologicalOrder } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { EmitContext } from './emitters.js';
import type { Encoder, Lowering } from './onnxEncoder.js';
import { attribute, dataType } from './onnxSchema.js';
import { FACTOR_LIMIT, type QuantizedRows, quantizeRows, TABLE_LIMIT } from './quantize.js';

/** The lowering of one graph; everything that is no parameter times an activation, or a row of a parameter, stays float32. */
export function int8Lowering(graph: Graph): Required<Pick<Lowering, 'Gather' | 'Gemm'>> {
  return new Int8(graph).lowering;
}

class Int8 {
  /** Parameters that are multiplied with; a table among them, such as tied embeddings, is stored once, for both uses. */
  readonly #factors = new Set<Value>();
  readonly #quantized = new Map<string, QuantizedRows>();
  /** The quantised form of an activation, which several products may share. */
  readonly #activations = new Map<string, { values: string; scale: string; zero: string }>();

  constructor(graph: Graph) {
    for (const node of topologicalOrder(graph.outputs.values()))
      if (node.op === 'Gemm') this.#factors.add(node.inputs[1] as Value);
  }

  readonly lowering = {
    Gather: (context: EmitContext<'Gather'>) => this.#gather(context),
    Gemm: (context: EmitContext<'Gemm'>) => this.#gemm(context),
  };

  /** Rows of the table as float32: the looked up integers times the looked up scales. */
  #gather({ e, node, inputs: [, indices], outputs: [output] }: EmitContext<'Gather'>): boolean {
    const table = this.#matrix(e, node.inputs[0] as Value);
    if (!table) return false;
    const column = e.initializer(`${table.name}.scale_column`, () => ({
      dims: [table.scales.length, 1],
      dataType: dataType.float32,
      rawData: bytesOf(table.scales),
    }));
    const axis = [attribute.int('axis', 0)];
    const rows = e.node('Cast', [e.node('Gather', [table.name, indices as string], axis)], [attribute.int('to', 1)]);
    e.node('Mul', [rows, e.node('Gather', [column, indices as string], axis)], [], output);
    return true;
  }

  /** alpha · x · Wᵀ + beta · c. */
  #gemm({ e, node, inputs: [x, , c], outputs: [output], attributes }: EmitContext<'Gemm'>): boolean {
    const { transA, transB, alpha, beta } = attributes;
    const weight = transA || !transB ? null : this.#matrix(e, node.inputs[1] as Value);
    if (!weight) return false;
    const { values, scale, zero } = this.#activation(e, x as string);
    const transposed = e.node('Transpose', [weight.name], [attribute.ints('perm', [1, 0])]);
    const product = e.node('MatMulInteger', [values, transposed, zero]);
    const scales = e.initializer(`${weight.name}.scale${alpha === 1 ? '' : `*${alpha}`}`, () => ({
      dims: [weight.scales.length],
      dataType: dataType.float32,
      rawData: bytesOf(weight.scales.map((s) => s * alpha)),
    }));
    const scaled = [e.node('Cast', [product], [attribute.int('to', 1)]), e.node('Mul', [scale, scales])];
    if (c === undefined) {
      e.node('Mul', scaled, [], output);
      return true;
    }
    const added = beta === 1 ? c : e.node('Mul', [c, e.float(beta)]);
    e.node('Add', [e.node('Mul', scaled), added], [], output);
    return true;
  }

  #activation(e: Encoder, x: string) {
    const known = this.#activations.get(x);
    if (known) return known;
    const made = { values: `${x}.int8`, scale: `${x}.scale`, zero: `${x}.zero` };
    e.push({ opType: 'DynamicQuantizeLinear', input: [x], output: Object.values(made), attribute: [] });
    this.#activations.set(x, made);
    return made;
  }

  /** A parameter as int8 under a name of its own; null for anything else. */
  #matrix(e: Encoder, value: Value): { name: string; scales: Float32Array } | null {
    const parameter = e.parameter(value);
    if (!parameter) return null;
    const dims = value.dims as Dim[] as number[];
    const name = `${parameter.name}.int8`;
    let quantized = this.#quantized.get(name);
    if (!quantized) {
      quantized = quantizeRows(
        parameter.data,
        dims[1] as number,
        this.#factors.has(value) ? FACTOR_LIMIT : TABLE_LIMIT,
      );
      this.#quantized.set(name, quantized);
    }
    const { values, scales } = quantized;
    e.initializer(name, () => ({ dims, dataType: dataType.int8, rawData: bytesOf(values) }));
    return { name, scales };
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
