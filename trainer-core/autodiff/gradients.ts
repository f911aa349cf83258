/** Reverse-mode differentiation of a graph: the walk. It alone prunes, accumulates and un-broadcasts; the rules are in `gradientRules.ts`. */
import { add, sumTo } from '../graph/build.js';
import { type Graph, topologicalOrder } from '../graph/graph.js';
import type { DifferentiableOp, Node, Op, Value } from '../graph/ops.js';
import { type Contribution, type GradientRule, gradientRules } from './gradientRules.js';

/**
 * Appends to `g` the gradient of the scalar `loss` with respect to each value of `wrt`.
 *
 * @param start running sums to which a gradient is added in the same pass (gradient accumulation), by value of `wrt`.
 * @returns a value of the same shape for each of `wrt`, in order.
 * @throws Error when the loss does not depend on one of them.
 */
export function gradients(
  g: Graph,
  loss: Value,
  wrt: readonly Value[],
  start: ReadonlyMap<Value, Value> = new Map(),
): Value[] {
  const order = topologicalOrder([loss]);
  const needed = dependents(order, wrt);
  const adjoints = new Map<Value, Value>(start);
  const touched = new Set<Value>([loss]);
  adjoints.set(loss, g.scalar(1));

  const accumulate = (x: Value, contribution: Contribution) => {
    if (contribution === null || !needed.has(x)) return;
    const sum = adjoints.get(x) ?? null;
    const total = typeof contribution === 'function' ? contribution(sum) : plus(g, sum, sumTo(g, contribution, x.dims));
    adjoints.set(x, total);
    touched.add(x);
  };

  for (const node of order.reverse()) {
    const dY = node.outputs.map((y) => (touched.has(y) ? (adjoints.get(y) ?? null) : null));
    const dy = dY.find((d) => d !== null);
    if (!dy || !node.inputs.some((x) => needed.has(x))) continue;
    const rule = ruleOf(node.op);
    if (!rule) continue;
    const contributions = rule({ g, x: node.inputs, y: node.outputs, attributes: node.attributes as never, dY, dy });
    node.inputs.forEach((x, i) => {
      accumulate(x, contributions[i] ?? null);
    });
  }
  return wrt.map((value) => {
    if (!touched.has(value))
      throw new Error(`the loss does not depend on value ${value.id} [${value.dims.join(', ')}]`);
    return adjoints.get(value) as Value;
  });
}

/** The values on a path from `wrt`: only these need gradients. */
function dependents(order: readonly Node[], wrt: readonly Value[]): Set<Value> {
  const needed = new Set<Value>(wrt);
  for (const node of order) {
    if (node.inputs.some((x) => needed.has(x))) for (const y of node.outputs) needed.add(y);
  }
  return needed;
}

function plus(g: Graph, sum: Value | null, x: Value): Value {
  return sum ? add(g, sum, x) : x;
}

function ruleOf(op: Op): GradientRule<DifferentiableOp> | undefined {
  return (gradientRules as Partial<Record<Op, unknown>>)[op] as GradientRule<DifferentiableOp> | undefined;
}
