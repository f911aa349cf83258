/** A symbolic tensor graph: named inputs, constants, nodes in the order they were made, and named outputs. */
import type { Dim } from './dims.js';
import type { ElementType, Node, Op, OpAttributes, Value } from './ops.js';

/** What an input is for, so that the runtime knows who feeds it. */
export type InputKind =
  /** Fed by the caller on every run. */
  | { kind: 'feed' }
  /** A model parameter: fed from memory the trainer owns, or baked in as an initializer. */
  | { kind: 'parameter' }
  /** An inverted-dropout mask: 0 with this probability, else 1 / (1 - probability); drawn anew for every run, each `site` its own. */
  | { kind: 'dropoutMask'; probability: number; site: number };

export interface GraphInput {
  readonly name: string;
  readonly value: Value;
  readonly source: InputKind;
}

/** A constant's elements, row-major. */
export type ConstantData = Float32Array | Int32Array;

/** Shapes and types of a node's outputs, as the builder has worked them out. */
export interface OutputSpec {
  dims: readonly Dim[];
  type?: ElementType;
}

export class Graph {
  readonly inputs = new Map<string, GraphInput>();
  readonly outputs = new Map<string, Value>();
  readonly constants = new Map<Value, ConstantData>();
  readonly #scalars = new Map<number, Value>();
  readonly #bound = new Map<string, Value>();
  #nextId = 0;

  /** Declares an input; asking twice for the same name gives the same value. */
  input(
    name: string,
    dims: readonly Dim[],
    type: ElementType = 'float32',
    source: InputKind = { kind: 'feed' },
  ): Value {
    const known = this.#bound.get(name) ?? this.inputs.get(name)?.value;
    if (known) return known;
    const value = this.#value(dims, type, null);
    this.inputs.set(name, { name, value, source });
    return value;
  }

  /** From here on whoever declares an input of this name gets `value`, which may be computed from other inputs. */
  bind(name: string, value: Value): void {
    this.#bound.set(name, value);
  }

  /** Declares a parameter under its Hugging Face name. */
  parameter(name: string, dims: readonly Dim[]): Value {
    return this.input(name, dims, 'float32', { kind: 'parameter' });
  }

  /** A float32 scalar; equal scalars are shared. */
  scalar(x: number): Value {
    const known = this.#scalars.get(x);
    if (known) return known;
    const value = this.constant(Float32Array.of(x), []);
    this.#scalars.set(x, value);
    return value;
  }

  /** A tensor known when the graph is built. */
  constant(data: ConstantData, dims: readonly number[]): Value {
    const value = this.#value(dims, data instanceof Float32Array ? 'float32' : 'int32', null);
    this.constants.set(value, data);
    return value;
  }

  /** Appends a node. The builder functions in `build.ts` are the way in; they work out the output shapes. */
  node<O extends Op>(
    op: O,
    inputs: readonly Value[],
    attributes: OpAttributes[O],
    outputs: readonly OutputSpec[],
  ): Value[] {
    const made: Value[] = [];
    const node: Node = { op, inputs, attributes, outputs: made };
    for (const { dims, type } of outputs) made.push(this.#value(dims, type ?? 'float32', node));
    return made;
  }

  /** Names a value as an output. */
  output(name: string, value: Value): void {
    this.outputs.set(name, value);
  }

  /** Names and values of the inputs of one kind, in the order they were declared. */
  inputsOf(kind: InputKind['kind']): GraphInput[] {
    return [...this.inputs.values()].filter((input) => input.source.kind === kind);
  }

  #value(dims: readonly Dim[], type: ElementType, node: Node | null): Value {
    return { id: this.#nextId++, dims, type, node };
  }
}

/** The nodes that the given values need, each after the nodes it needs itself. */
export function topologicalOrder(targets: Iterable<Value>): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a twelve-layer backward pass is deeper than the call stack likes.
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node | null) => {
    if (!node || seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const target of targets) {
    visit(target.node);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input) visit(input.node);
      else order.push((stack.pop() as { node: Node }).node);
    }
  }
  return order;
}

/** The inputs, constants and results of nodes that a value is computed from. */
export function dependencies(target: Value): Set<Value> {
  return new Set(topologicalOrder([target]).flatMap(({ inputs }) => inputs));
}
