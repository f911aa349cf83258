/** How each op is spelled in ONNX (opset 20). N rows, V classes. */
import { type Dim, product } from '../graph/dims.js';
import { type Node, type Op, type OpAttributes, SMALLEST_REST, type Value } from '../graph/ops.js';
import type { Encoder } from './onnxEncoder.js';
import { attribute, dataType, type NodeProto } from './onnxSchema.js';

/** What an op is spelled from: itself, and the names of what it reads and makes. */
export interface EmitContext<O extends Op> {
  e: Encoder;
  node: Node;
  inputs: string[];
  outputs: string[];
  attributes: OpAttributes[O];
}

export type Emitter<O extends Op> = (context: EmitContext<O>) => void;

/** A Gemm's attributes in ONNX. */
export function gemmAttributes({ transA, transB, alpha, beta }: OpAttributes['Gemm']): NodeProto['attribute'] {
  return [
    attribute.int('transA', Number(transA)),
    attribute.int('transB', Number(transB)),
    attribute.float('alpha', alpha),
    attribute.float('beta', beta),
  ];
}

/** Ops whose ONNX form is more than a node of the same name without attributes. */
export const emitters: { readonly [O in Op]?: Emitter<O> } = {
  Gemm: ({ e, inputs, outputs, attributes }) =>
    e.push({ opType: 'Gemm', input: inputs, output: outputs, attribute: gemmAttributes(attributes) }),
  Reshape: ({ e, node, inputs, outputs }) => {
    const dims = node.outputs[0]?.dims as readonly Dim[];
    // With one unknown dimension, -1 says it all, and the engine can plan the node's memory.
    const unknown = dims.filter((dim) => typeof dim !== 'number');
    const shape =
      unknown.length === 1 ? e.ints(dims.map((dim) => (typeof dim === 'number' ? dim : -1))) : e.shape(dims);
    e.node('Reshape', [...inputs, shape], [], outputs[0]);
  },
  Expand: ({ e, node, inputs, outputs }) => {
    e.node('Expand', [...inputs, e.shape(node.outputs[0]?.dims as readonly Dim[])], [], outputs[0]);
  },
  Split: ({ e, node, inputs, outputs, attributes: { axis } }) => {
    const sizes = e.shape(node.outputs.map((y) => y.dims[axis] as Dim));
    e.push({ opType: 'Split', input: [...inputs, sizes], output: outputs, attribute: [attribute.int('axis', axis)] });
  },
  Slice: ({ e, inputs, outputs, attributes: { axis, start, end } }) => {
    e.node('Slice', [...inputs, e.ints([start]), e.ints([end]), e.ints([axis])], [], outputs[0]);
  },
  Range: ({ e, node, outputs, attributes: { step } }) => {
    const [count] = node.outputs[0]?.dims as readonly [Dim];
    const [end, delta] = [product([count, step]), step].map((size) => e.node('Squeeze', [e.shape([size])]));
    e.node('Range', [e.node('Squeeze', [e.ints([0])]), end as string, delta as string], [], outputs[0]);
  },
  Zeros: ({ e, node, outputs }) => {
    e.node('ConstantOfShape', [e.shape(node.outputs[0]?.dims as readonly Dim[])], [], outputs[0]);
  },
  Transpose: ({ e, inputs, outputs, attributes: { perm } }) => {
    e.node('Transpose', inputs, [attribute.ints('perm', perm)], outputs[0]);
  },
  ReduceSum: ({ e, inputs, outputs, attributes: { axes } }) => {
    e.node('ReduceSum', [...inputs, e.ints(axes)], [attribute.int('keepdims', 1)], outputs[0]);
  },
  Softmax: ({ e, inputs, outputs }) => {
    e.node('Softmax', inputs, [attribute.int('axis', -1)], outputs[0]);
  },
  LogSoftmax: ({ e, inputs, outputs }) => {
    e.node('LogSoftmax', inputs, [attribute.int('axis', -1)], outputs[0]);
  },
  LayerNormalization: ({ e, inputs, outputs, attributes: { epsilon } }) =>
    e.push({
      opType: 'LayerNormalization',
      input: inputs,
      output: outputs,
      attribute: [attribute.int('axis', -1), attribute.float('epsilon', epsilon)],
    }),
  Gather: ({ e, inputs, outputs }) => {
    e.node('Gather', inputs, [attribute.int('axis', 0)], outputs[0]);
  },
  Concat: ({ e, inputs, outputs, attributes: { axis } }) => {
    e.node('Concat', inputs, [attribute.int('axis', axis)], outputs[0]);
  },
  Cast: ({ e, inputs, outputs, attributes: { to } }) => {
    e.node('Cast', inputs, [attribute.int('to', dataType[to])], outputs[0]);
  },
  // ScatterND would do with one index a row, but its additions race when rows repeat: on several threads updates get lost.
  ScatterAdd: ({ e, node, inputs: [data, indices, updates], outputs }) => {
    const column = e.node('Unsqueeze', [indices as string, e.ints([1])]);
    const everywhere = e.node('Expand', [column, e.shape((node.inputs[2] as Value).dims)]);
    const attributes = [attribute.int('axis', 0), attribute.string('reduction', 'add')];
    e.node('ScatterElements', [data as string, everywhere, updates as string], attributes, outputs[0]);
  },
  SoftmaxCrossEntropy: ({ e, inputs: [logits, labels], outputs: [loss, logProbabilities] }) => {
    e.node('LogSoftmax', [logits as string], [attribute.int('axis', -1)], logProbabilities);
    const column = e.node('Unsqueeze', [labels as string, e.ints([1])]);
    const picked = e.node('GatherElements', [logProbabilities as string, column], [attribute.int('axis', 1)]);
    e.node('Neg', [picked], [], loss);
  },
  KlDivergence: ({ e, inputs: [student, teacher], outputs: [loss, logStudent, pTeacher] }) => {
    e.node('LogSoftmax', [student as string], [attribute.int('axis', -1)], logStudent);
    const logTeacher = e.node('LogSoftmax', [teacher as string], [attribute.int('axis', -1)]);
    e.node('Exp', [logTeacher], [], pTeacher);
    const terms = e.node('Mul', [pTeacher as string, e.node('Sub', [logTeacher, logStudent as string])]);
    e.node('ReduceSum', [terms, e.ints([1])], [attribute.int('keepdims', 1)], loss);
  },
  TopK: ({ e, inputs: [x], outputs, attributes: { k } }) => {
    e.push({
      opType: 'TopK',
      input: [x as string, e.ints([k])],
      output: outputs,
      attribute: [attribute.int('axis', 1)],
    });
  },
  // The student's rest is summed up, not 1 minus the k: of a student that is sure of itself that would be rounding alone.
  TopKDivergence: ({ e, node, inputs: [student, pieces, logTeacher], outputs: [loss, gradient] }) => {
    const k = node.inputs[1]?.dims[1] as number;
    const columns = [attribute.int('axis', 1)];
    const sum = (x: string) => e.node('ReduceSum', [x, e.ints([1])], [attribute.int('keepdims', 1)]);
    const scatter = (x: string, updates: string, output?: string) =>
      e.node('ScatterElements', [x, pieces as string, updates], columns, output);
    const logStudent = e.node('LogSoftmax', [student as string], [attribute.int('axis', -1)]);
    const logTop = e.node('GatherElements', [logStudent, pieces as string], columns);
    const others = scatter(e.node('Exp', [logStudent]), e.node('Sub', [logTop, logTop]));
    const rest = e.node('Max', [sum(others), e.float(SMALLEST_REST)]);
    const compared = e.node('Concat', [logTop, e.node('Log', [rest])], columns);
    const pTeacher = e.node('Exp', [logTeacher as string]);
    const terms = e.node('Mul', [pTeacher, e.node('Sub', [logTeacher as string, compared])]);
    e.node('ReduceSum', [terms, e.ints([1])], [attribute.int('keepdims', 1)], loss);
    const [pTop, pRest] = [e.temporary(), e.temporary()];
    e.push({ opType: 'Split', input: [pTeacher, e.ints([k, 1])], output: [pTop, pRest], attribute: columns });
    const share = e.node('Sub', [e.float(1), e.node('Div', [pRest, rest])]);
    scatter(e.node('Mul', [others, share]), e.node('Sub', [e.node('Exp', [logTop]), pTop]), gradient);
  },
};
