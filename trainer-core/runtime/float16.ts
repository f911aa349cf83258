/**
 * A graph with half-precision products, as PyTorch's autocast divides the work (pytorch.org/docs/stable/amp.html; Micikevicius et al.
 * 2018, arXiv:1710.03740): what multiplies matrices, and tables that are part of the model, are float16. Everything else stays float32:
 * weights that are trained, layer norm, softmax, GELU, losses, masks, sums of gradients, and the inputs and outputs of the model.
 */
import { encodeFloat16 } from '../checkpoint/halfFloat.js';
import { type Dim, sameDims } from '../graph/dims.js';
import type { Op, Value } from '../graph/ops.js';
import { gemmAttributes } from './emitters.js';
import type { Encoder, Lowering } from './onnxEncoder.js';
import { attribute, dataType } from './onnxSchema.js';

/**
 * The longest sum that a product in half precision may take. onnxruntime's WebGPU kernels add up in the precision of the output, and a
 * float16 that has come to 2,048 no longer sees an addend of 1: the gradient of a hidden state through a vocabulary of 32,000 pieces
 * is worked out in float32. The longest sums of BERT's own layers are as long as their inner size, 3,072 or 4,096.
 */
export const LONGEST_SUM = 4096;

/** Ops that only move elements: half of what they give is what they give of the half. */
const MOVES: ReadonlySet<Op> = new Set(['Reshape', 'Transpose']);

/**
 * The lowering of one graph. A weight or an activation beyond 65,504, float16's largest number, becomes infinite: measure what comes
 * out, and scale losses that are to be differentiated (optim/lossScale.ts).
 */
export function float16Lowering(): Required<Pick<Lowering, 'Gather' | 'Gemm' | 'MatMul'>> {
  /** The half-precision form of values that have one. */
  const halves = new Map<Value, string>();

  /** `value` as float16: parameters of the model are stored so, anything else is cast, once. */
  const half = (e: Encoder, value: Value): string => {
    const known = halves.get(value) ?? storedHalf(e, value);
    if (known !== null) return known;
    const made = e.temporary();
    if (value.node && MOVES.has(value.node.op)) e.spell(value.node, [half(e, value.node.inputs[0] as Value)], [made]);
    else e.node('Cast', [e.name(value)], [attribute.int('to', dataType.float16)], made);
    halves.set(value, made);
    return made;
  };
  const single = (e: Encoder, x: string, output?: string) =>
    e.node('Cast', [x], [attribute.int('to', dataType.float32)], output);

  return {
    Gather({ e, node, inputs, outputs: [output] }) {
      const table = storedHalf(e, node.inputs[0] as Value);
      if (table === null) return false;
      single(e, e.node('Gather', [table, inputs[1] as string], [attribute.int('axis', 0)]), output);
      return true;
    },
    MatMul({ e, node: { inputs, outputs }, outputs: [output] }) {
      const [a, b, y] = [inputs[0] as Value, inputs[1] as Value, outputs[0] as Value];
      if (isTooLong(a.dims.at(-1) as Dim)) return false;
      const made = e.node('MatMul', [half(e, a), half(e, b)]);
      halves.set(y, made);
      single(e, made, output);
      return true;
    },
    Gemm({ e, node: { inputs, outputs }, inputs: names, outputs: [output], attributes }) {
      const [a, b, c, y] = [inputs[0] as Value, inputs[1] as Value, inputs[2], outputs[0] as Value];
      if (isTooLong(a.dims[attributes.transA ? 0 : 1] as Dim)) return false;
      // A bias goes along; what is as large as the product is a running sum, which loses small addends in half precision.
      const isSum = c !== undefined && sameDims(c.dims, y.dims);
      const operands = [half(e, a), half(e, b), ...(c === undefined || isSum ? [] : [half(e, c)])];
      const made = e.node('Gemm', operands, gemmAttributes(attributes));
      if (isSum) {
        const { beta } = attributes;
        const sum = names[2] as string;
        e.node('Add', [single(e, made), beta === 1 ? sum : e.node('Mul', [sum, e.float(beta)])], [], output);
        return true;
      }
      halves.set(y, made);
      single(e, made, output);
      return true;
    },
  };
}

/** The name of a parameter that is part of the model, stored as float16; null for anything else. */
function storedHalf(e: Encoder, value: Value): string | null {
  const parameter = e.parameter(value);
  if (!parameter) return null;
  return e.initializer(`${parameter.name}.float16`, () => ({
    dims: value.dims as number[],
    dataType: dataType.float16,
    rawData: halfBytes(parameter.data),
  }));
}

/** Unknown dimensions are those of a run's tokens, which are kept few. */
function isTooLong(terms: Dim): boolean {
  return typeof terms === 'number' && terms > LONGEST_SUM;
}

function halfBytes(data: Float32Array): Uint8Array {
  const halves = new Uint16Array(data.length);
  encodeFloat16(data, halves);
  return new Uint8Array(halves.buffer);
}
