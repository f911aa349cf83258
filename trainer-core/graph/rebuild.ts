/** Graphs made of other graphs. */
import { type Graph, type GraphInput, topologicalOrder } from './graph.js';
import type { Value } from './ops.js';

/**
 * Appends to `target` all that the outputs of `source` need, without naming outputs.
 * @param inputOf what stands for an input of `source`: an input of `target`, or something computed.
 * @returns the values of `target` by those of `source`.
 */
export function rebuild(source: Graph, target: Graph, inputOf: (input: GraphInput) => Value): Map<Value, Value> {
  const made = new Map<Value, Value>();
  const inputs = new Map([...source.inputs.values()].map((input) => [input.value, input]));
  const copyOf = (value: Value): Value => {
    let known = made.get(value);
    if (!known) {
      const input = inputs.get(value);
      const data = source.constants.get(value);
      if (input) known = inputOf(input);
      else if (data) known = target.constant(data, value.dims as number[]);
      else throw new Error(`value ${value.id} comes from nowhere`);
      made.set(value, known);
    }
    return known;
  };
  for (const { op, inputs: operands, attributes, outputs } of topologicalOrder(source.outputs.values())) {
    const results = target.node(op, operands.map(copyOf), attributes, outputs);
    outputs.forEach((output, i) => {
      made.set(output, results[i] as Value);
    });
  }
  for (const output of source.outputs.values()) copyOf(output);
  return made;
}
