/**
 * A graph with half-precision weights and products, as PyTorch's autocast divides the work (pytorch.org/docs/stable/amp.html): what
 * multiplies matrices or looks up rows is float16; layer norm, softmax, GELU, tanh, sums and the mask stay float32, and so do the
 * inputs and outputs of the model.
 */
import { encodeFloat16 } from '../checkpoint/halfFloat.js';
import type { Value } from '../graph/ops.js';
import type { EmitContext, Encoder, Lowering } from '../runtime/onnxEncoder.js';
import { attribute, dataType } from '../runtime/onnxSchema.js';

/** The lowering of one graph. A weight beyond 65,504, float16's largest number, becomes infinite: measure what comes out. */
export function float16Lowering(): Lowering {
  const halves = new Map<string, string>();

  /** `x` as float16: parameters are stored so, anything else is cast, once. */
  const half = (e: Encoder, value: Value, x: string): string => {
    const parameter = e.parameter(value);
    if (parameter) {
      return e.initializer(`${parameter.name}.float16`, () => ({
        dims: value.dims as number[],
        dataType: dataType.float16,
        rawData: halfBytes(parameter.data),
      }));
    }
    const known = halves.get(x);
    if (known !== undefined) return known;
    const made = e.node('Cast', [x], [attribute.int('to', dataType.float16)]);
    halves.set(x, made);
    return made;
  };
  const product = ({ e, node, inputs, outputs }: EmitContext<'Gemm' | 'MatMul'>, attributes: typeof NONE) => {
    const operands = inputs.map((x, i) => half(e, node.inputs[i] as Value, x));
    e.node('Cast', [e.node(node.op, operands, attributes)], [attribute.int('to', dataType.float32)], outputs[0]);
    return true;
  };

  return {
    Gather({ e, node, inputs, outputs }) {
      const table = node.inputs[0] as Value;
      if (!e.parameter(table)) return false;
      const rows = e.node('Gather', [half(e, table, ''), inputs[1] as string], [attribute.int('axis', 0)]);
      e.node('Cast', [rows], [attribute.int('to', dataType.float32)], outputs[0]);
      return true;
    },
    MatMul: (context) => product(context, NONE),
    Gemm(context) {
      const { transA, transB, alpha, beta } = context.attributes;
      return product(context, [
        attribute.int('transA', Number(transA)),
        attribute.int('transB', Number(transB)),
        attribute.float('alpha', alpha),
        attribute.float('beta', beta),
      ]);
    },
  };
}

const NONE: ReturnType<typeof attribute.int>[] = [];

function halfBytes(data: Float32Array): Uint8Array {
  const halves = new Uint16Array(data.length);
  encodeFloat16(data, halves);
  return new Uint8Array(halves.buffer);
}
