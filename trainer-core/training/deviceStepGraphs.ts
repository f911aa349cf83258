/**
 * The graphs of an optimiser step on a device, besides that of the gradients. K shards [rows, 1024]. What is written in place is
 * written by the last op of its graph from values that are only this graph's own: no op reads and writes the same memory.
 */
import { add, cast, concat, div, greater, mul, reduceSum, reshape, sqrt, sub, where } from '../graph/build.js';
import { Graph, type GraphInput } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { rebuild } from '../graph/rebuild.js';
import type { AdamWNumbers } from '../optim/adamw.js';
import { SHARD_COLUMNS, type Shard, shardOf, weightOf } from './shards.js';

export const shardName = (k: number) => `shard.${k}`;
export const gradientName = (k: number) => `gradients.${k}`;

/** Larger norms count as infinite: of some compilers for GPUs it is not known what they make of infinity itself. */
const LARGEST_NORM = 1e37;

/**
 * The gradient graph over shards: inputs `shard.K` in place of the weights; outputs `gradients.K`, and `reported`, the scalars of
 * those names as a vector in their order.
 */
export function shardedGradients(source: Graph, shards: readonly Shard[], reported: readonly string[]): Graph {
  const g = new Graph();
  const slots = new Map(
    shards.flatMap((shard, k) => shard.slots.map((slot) => [slot.name, { shard, slot, k }] as const)),
  );
  const inputOf = ({ name, value, source: kind }: GraphInput): Value => {
    const found = slots.get(name);
    if (!found) return g.input(name, value.dims, value.type, kind);
    const { shard, slot, k } = found;
    return weightOf(g, g.input(shardName(k), [shard.rows, SHARD_COLUMNS]), shard, slot);
  };
  const made = rebuild(source, g, inputOf);
  const output = (name: string) => made.get(source.outputs.get(name) as Value) as Value;
  shards.forEach((shard, k) => {
    const gradients = shard.slots.map(({ name }) => output(`gradient.${name}`));
    g.output(gradientName(k), shardOf(g, shard, gradients));
  });
  if (reported.length > 0) {
    const scalars = reported.map((name) => reshape(g, output(name), [1]));
    g.output('reported', concat(g, scalars, 0, scalars.length));
  }
  return g;
}

/** `sum` and `x`, both [rows, 1024], added up. */
export function sumGraph(): Graph {
  const g = new Graph();
  const dims = ['rows', SHARD_COLUMNS];
  g.output('total', add(g, g.input('sum', dims), g.input('x', dims)));
  return g;
}

/**
 * The norm of all gradients and what follows from it. Inputs `gradients.K`, and the scalars `maxNorm` and `alive`, which is 1 until a
 * norm is not finite; outputs `norm` [1], `clip` [1, 1] as torch.nn.utils.clip_grad_norm_, and `nowAlive` [1, 1].
 */
export function normGraph(shards: readonly Shard[]): Graph {
  const g = new Graph();
  const squares = shards.map(({ rows }, k) => {
    const x = g.input(gradientName(k), [rows, SHARD_COLUMNS]);
    return reduceSum(g, reduceSum(g, mul(g, x, x), [1]), [0]); // [1, 1]
  });
  const norm = sqrt(
    g,
    squares.reduce((a, b) => add(g, a, b)),
  );
  const ratio = div(g, g.input('maxNorm', []), add(g, norm, 1e-6));
  g.output('norm', reshape(g, norm, [1]));
  g.output('clip', where(g, greater(g, g.scalar(1), ratio), ratio, 1));
  const finite = cast(g, greater(g, g.scalar(LARGEST_NORM), norm), 'float32');
  g.output('nowAlive', mul(g, g.input('alive', [1, 1]), finite));
  return g;
}

/**
 * AdamW over a shard, in place: inputs `p`, `g`, `m`, `v` [rows, 1024], `clip` and `alive` [1, 1], and the numbers of the step for
 * gradients that are not clipped; outputs `newP`, `newM`, `newV`. Where `alive` is 0 nothing changes.
 */
export function adamwGraph(): Graph {
  const g = new Graph();
  const dims = ['rows', SHARD_COLUMNS];
  const [p, gradient, m, v] = ['p', 'g', 'm', 'v'].map((name) => g.input(name, dims)) as [Value, Value, Value, Value];
  const [clip, alive] = [g.input('clip', [1, 1]), g.input('alive', [1, 1])];
  const living = greater(g, alive, g.scalar(0));
  const number = (name: keyof AdamWNumbers, otherwise: number) => where(g, living, g.input(name, []), otherwise);
  // What is not finite would come through a product with 0.
  const x = where(g, living, gradient, 0);
  const [gradM, gradV] = [mul(g, number('gradM', 0), clip), mul(g, number('gradV', 0), mul(g, clip, clip))];
  const newM = add(g, mul(g, m, number('decayM', 1)), mul(g, x, gradM));
  const newV = add(g, mul(g, v, number('decayV', 1)), mul(g, mul(g, x, x), gradV));
  const move = div(g, newM, add(g, sqrt(g, newV), number('epsilon', 1)));
  g.output('newP', sub(g, mul(g, p, number('keep', 1)), mul(g, move, number('stepSize', 0))));
  g.output('newM', newM);
  g.output('newV', newV);
  return g;
}
