/** A dropout mask worked out inside the ONNX model from its words, in three passes over it; see `dropout.ts`. */
import type { Dim } from '../graph/dims.js';
import type { GraphInput } from '../graph/graph.js';
import { keepScale, keepThreshold } from './dropout.js';
import type { Encoder } from './onnxEncoder.js';

/** The int32 inputs that stand in for a mask: the words of its rows [..., 1] and of its columns [C]. */
export function wordInputs({ name, value: { dims } }: GraphInput): { name: string; dims: readonly Dim[] }[] {
  return [
    { name: `${name}.rows`, dims: dims.map((dim, i) => (i === dims.length - 1 ? 1 : dim)) },
    { name: `${name}.columns`, dims: dims.slice(-1) },
  ];
}

/** Emits the nodes of a mask, whose output has the input's name. */
export function emitMask(e: Encoder, input: GraphInput, probability: number): void {
  const product = e.node(
    'Mul',
    wordInputs(input).map(({ name }) => name),
  );
  const kept = e.node('Greater', [product, e.int32(keepThreshold(probability))]);
  e.node('Where', [kept, e.float(keepScale(probability)), e.float(0)], [], input.name);
}
