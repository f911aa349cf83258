/**
 * Spells what onnxruntime's WebGPU provider (1.30) has no kernel for, or a poor one, in ops that it has good ones for; how each was
 * found is in docs/decisions/0033-webgpu-in-ops-it-has.md. N rows, V classes.
 */
import type { Dim } from '../graph/dims.js';
import { product } from '../graph/dims.js';
import type { Value } from '../graph/ops.js';
import type { EmitContext } from './emitters.js';
import type { Dialect, Encoder, Lowering } from './onnxEncoder.js';
import { attribute, dataType, type NodeProto } from './onnxSchema.js';

/** A shader may bind this many buffers on every adapter (WebGPU's `maxStorageBuffersPerShaderStage`); a Split binds one for each output. */
const BUFFERS_PER_SHADER = 8;

const keepDims = attribute.int('keepdims', 1);
const lastAxis = attribute.int('axis', -1);

/** int64 cannot be computed with: what is int64 in a graph is int32 here, and only shapes, which no kernel reads, stay int64. */
const lowering: Lowering = {
  Zeros: ({ e, node, outputs }) => {
    e.node('Expand', [e.float(0), e.shape(dimsOf(node.outputs[0]))], [], outputs[0]);
    return true;
  },
  Cast: ({ e, inputs, outputs, attributes: { to } }) => {
    const type = to === 'int64' ? 'int32' : to;
    e.node('Cast', inputs, [attribute.int('to', dataType[type])], outputs[0]);
    return true;
  },
  // 0, 1, 2 … laid out in rows of `step`, of which the first column is taken.
  Range: ({ e, node, outputs: [output], attributes: { step } }) => {
    const [count] = dimsOf(node.outputs[0]) as [Dim];
    const ones = e.node('Expand', [e.int32(1), e.shape([product([count, step])])]);
    const numbers = e.node('CumSum', [ones, e.int32(0)], [attribute.int('exclusive', 1)]);
    const rows = e.node('Reshape', [numbers, e.shape([count, step])]);
    e.node('Gather', [rows, e.int32(0)], [attribute.int('axis', 1)], output);
    return true;
  },
  // The columns come as int64, and looking a number up by int64 is possible where casting it is not.
  TopK: ({ e, node, inputs: [x], outputs: [values, columns], attributes: { k } }) => {
    const found = e.temporary();
    const count = dimsOf(node.inputs[0])[1] as number;
    const output = [values as string, found];
    e.push({ opType: 'TopK', input: [x as string, e.ints([k])], output, attribute: [lastAxis] });
    const numbers = e.initializer(`columns:${count}`, () => ({
      dims: [count],
      dataType: dataType.int32,
      rawData: new Uint8Array(Int32Array.from({ length: count }, (_, i) => i).buffer),
    }));
    e.node('Gather', [numbers, found], [attribute.int('axis', 0)], columns);
    return true;
  },
  // The kernel takes the variance for mean(x²) - mean(x)², of which little is left where the mean is large: x loses its mean before.
  LayerNormalization: ({ e, inputs: [x, weight, bias], outputs: [y, mean, deviation], attributes: { epsilon } }) => {
    e.node('ReduceMean', [x as string, e.ints([-1])], [keepDims], mean);
    const centred = e.node('Sub', [x as string, mean as string]);
    e.push({
      opType: 'LayerNormalization',
      input: [centred, weight as string, bias as string],
      output: [y as string, e.temporary(), deviation as string],
      attribute: [lastAxis, attribute.float('epsilon', epsilon)],
    });
    return true;
  },
  Split: (context) => {
    splitInGroups(context);
    return true;
  },
};

/** Splits into a few parts, and those into fewer, until no Split has more outputs than a shader can bind. */
function splitInGroups({ e, node, inputs: [x], outputs, attributes: { axis } }: EmitContext<'Split'>): void {
  const most = BUFFERS_PER_SHADER - 1;
  const sizes = new Map(node.outputs.map((y, i) => [outputs[i] as string, y.dims[axis] as Dim]));
  const split = (input: string, parts: readonly string[]) => {
    const perGroup = Math.max(1, Math.ceil(parts.length / most));
    const groups = Array.from({ length: Math.ceil(parts.length / perGroup) }, (_, i) =>
      parts.slice(i * perGroup, (i + 1) * perGroup),
    );
    const names = groups.map((group) => (group.length === 1 ? (group[0] as string) : e.temporary()));
    const sums = e.sums(groups.map((group) => group.map((part) => sizes.get(part) as Dim)));
    e.push({ opType: 'Split', input: [input, sums], output: names, attribute: [attribute.int('axis', axis)] });
    groups.forEach((group, i) => {
      if (group.length > 1) split(names[i] as string, group);
    });
  };
  split(x as string, outputs);
}

/** x - max - log Σ exp(x - max). The greatest is looked up where it is, because ReduceMax refuses a tensor without rows. */
function logSoftmax(e: Encoder, { input: [x], output: [y] }: NodeProto): void {
  const at = e.node('ArgMax', [x as string], [lastAxis, keepDims]);
  const shifted = e.node('Sub', [x as string, e.node('GatherElements', [x as string, at], [lastAxis])]);
  const sum = e.node('ReduceSum', [e.node('Exp', [shifted]), e.ints([-1])], [keepDims]);
  e.node('Sub', [shifted, e.node('Log', [sum])], [], y);
}

/** How graphs are spelled for the WebGPU provider. */
export const WEBGPU: Dialect = { lowering, nodes: { LogSoftmax: logSoftmax } };

function dimsOf(value: Value | undefined): readonly Dim[] {
  return (value as Value).dims;
}
