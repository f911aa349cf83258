/** The arithmetic of a graph's matrix products: what "TFLOP/s reached" divides by the clock. Element-wise work is not counted, as is usual. */
import { type Bindings, type Dim, elementCount, evaluate } from '../../../trainer-core/graph/dims.js';
import { type Graph, topologicalOrder } from '../../../trainer-core/graph/graph.js';
import type { Node, Value } from '../../../trainer-core/graph/ops.js';

/** Floating-point operations, a multiplication and an addition being two, of all Gemm and MatMul nodes that the outputs need. */
export function matrixWork(graph: Graph, bindings: Bindings): number {
  return topologicalOrder(graph.outputs.values()).reduce((sum, node) => sum + workOf(node, bindings), 0);
}

function workOf(node: Node, bindings: Bindings): number {
  if (node.op !== 'Gemm' && node.op !== 'MatMul') return 0;
  const [a, result] = [node.inputs[0] as Value, node.outputs[0] as Value];
  const inner = node.op === 'Gemm' && (node as Node<'Gemm'>).attributes.transA ? a.dims[0] : a.dims.at(-1);
  return 2 * elementCount(result.dims, bindings) * evaluate(inner as Dim, bindings);
}
