/** In which order the nodes of a graph run, and when each value has been read for the last time. */
import { type Graph, type GraphInput, topologicalOrder } from '../../graph/graph.js';
import type { Node, Value } from '../../graph/ops.js';

export interface Plan {
  /** Each node with the values that nothing reads after it, the graph's outputs aside. */
  nodes: readonly { node: Node; free: readonly Value[] }[];
  /** The inputs and constants that the outputs depend on. */
  inputs: readonly GraphInput[];
  constants: readonly Value[];
}

/** What the graph's outputs need. */
export function planOf(graph: Graph): Plan {
  const outputs = new Set(graph.outputs.values());
  const order = topologicalOrder(outputs);
  const last = new Map<Value, Node>();
  for (const node of order) for (const value of [...node.outputs, ...node.inputs]) last.set(value, node);
  const free = new Map<Node, Value[]>(order.map((node) => [node, []]));
  for (const [value, node] of last) if (!outputs.has(value)) free.get(node)?.push(value);
  const isNeeded = (value: Value) => last.has(value) || outputs.has(value);
  return {
    nodes: order.map((node) => ({ node, free: free.get(node) as Value[] })),
    inputs: [...graph.inputs.values()].filter(({ value }) => isNeeded(value)),
    constants: [...graph.constants.keys()].filter(isNeeded),
  };
}
