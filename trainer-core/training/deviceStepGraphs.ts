/**
 * The graphs of an optimiser step on a device, besides that of the gradients. K shards [rows, 1024]. What is written in place is
 * written by the last op of its graph from values that are only this graph's own: no op reads and writes the same memory.
 */
import {
  add,
  cast,
  concat,
  div,
  exp,
  greater,
  mul,
  neg,
  reduceSum,
  reshape,
  slice,
  sqrt,
  sub,
  where,
} from '../graph/build.js';
import type { Dim } from '../graph/dims.js';
import { Graph, type GraphInput } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { rebuild } from '../graph/rebuild.js';
import type { AdamWNumbers, AdamWSettings } from '../optim/adamw.js';
import { BACKOFF, GROWTH, GROWTH_INTERVAL, LARGEST_SCALE } from '../optim/lossScale.js';
import { SHARD_COLUMNS, type Shard, shardOf, weightOf } from './shards.js';

export const shardName = (k: number) => `shard.${k}`;
export const gradientName = (k: number) => `gradients.${k}`;

/**
 * Of gradients as they are, scaled or not, and of losses: what is larger counts as infinite. Of some compilers for GPUs it is not known
 * what they make of infinity itself; where it is float32's largest number, the norm is the root of that, 2^64.
 */
const LARGEST = 2 ** 63;

/** What is told of a norm that is not finite: more than any other comes to, whatever its scale. */
export const INFINITE_NORM = 2 ** 123;

/**
 * The gradient graph over shards: inputs `shard.K` in place of the weights; outputs `gradients.K`, and `reported`, the scalars of
 * those names as a vector in their order.
 */
export function shardedGradients(source: Graph, shards: readonly Shard[], reported: readonly string[]): Graph {
  const g = new Graph();
  const places = shards.flatMap((shard, k) => shard.slots.map((slot) => ({ shard, slot, k })));
  const inputOf = ({ name, value, source: kind }: GraphInput): Value => {
    const found = places.filter(({ slot }) => slot.name === name);
    if (found.length === 0) return g.input(name, value.dims, value.type, kind);
    const parts = found.map(({ shard, slot, k }) =>
      weightOf(g, g.input(shardName(k), [shard.rows, SHARD_COLUMNS]), shard, slot),
    );
    return parts.length === 1 ? (parts[0] as Value) : concat(g, parts, 0, value.dims[0] as Dim);
  };
  const made = rebuild(source, g, inputOf);
  const output = (name: string) => made.get(source.outputs.get(name) as Value) as Value;
  shards.forEach((shard, k) => {
    const gradients = shard.slots.map(({ name, rows: [from, to] }) => {
      const whole = output(`gradient.${name}`);
      return whole.dims.length === 0 || whole.dims[0] === to - from ? whole : slice(g, whole, 0, from, to);
    });
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

/** The global norm of gradients that are inputs `gradients.K`: [1, 1]. */
function normOf(g: Graph, shards: readonly Shard[]): Value {
  const squares = shards.map(({ rows }, k) => {
    const x = g.input(gradientName(k), [rows, SHARD_COLUMNS]);
    return reduceSum(g, reduceSum(g, mul(g, x, x), [1]), [0]); // [1, 1]
  });
  return sqrt(
    g,
    squares.reduce((a, b) => add(g, a, b)),
  );
}

/** As torch.nn.utils.clip_grad_norm_: [1, 1]. */
function clipOf(g: Graph, norm: Value): Value {
  const ratio = div(g, g.input('maxNorm', []), add(g, norm, 1e-6));
  return where(g, greater(g, g.scalar(1), ratio), ratio, 1);
}

/** 1 where the condition holds, else 0. */
const truth = (g: Graph, condition: Value): Value => cast(g, condition, 'float32');

/**
 * 1 where the norm [1, 1] of the gradients as they are and all numbers of input `reported`, a vector, are finite, else 0: [1, 1].
 * Output `norm` [1] is then `told` [1, 1], else `INFINITE_NORM`.
 */
function finiteOf(g: Graph, norm: Value, told: Value): Value {
  const below = (x: Value) => truth(g, greater(g, g.scalar(LARGEST), x));
  const reported = g.input('reported', ['scalars']);
  const infinite = reduceSum(g, sub(g, 1, mul(g, below(reported), below(neg(g, reported)))), [0]); // [1]
  const finite = mul(g, below(norm), truth(g, greater(g, g.scalar(0.5), infinite)));
  g.output('norm', reshape(g, where(g, greater(g, finite, g.scalar(0)), told, INFINITE_NORM), [1]));
  return finite;
}

/**
 * The norm of all gradients and what follows from it. Inputs `gradients.K`, the vector `reported`, of what the step's runs report, and
 * the scalars `maxNorm` and `alive`, which is 1 until a step is not finite; outputs `norm` [1], `clip` [1, 1] and `nowAlive` [1, 1].
 */
export function normGraph(shards: readonly Shard[]): Graph {
  const g = new Graph();
  const norm = normOf(g, shards);
  g.output('clip', clipOf(g, norm));
  g.output('nowAlive', mul(g, g.input('alive', [1, 1]), finiteOf(g, norm, norm)));
  return g;
}

/**
 * The same for gradients that are `scale` times what they ought to be, as in half precision: a step that is not finite moves nothing,
 * and the next may. What follows for the scale is `nextLossScale`, and for Adam's correction of the bias, whose steps are those that
 * moved, `adamwNumbers`, in float32. All but `norm` [1], `reported` and `maxNorm` are [1, 1].
 */
export function scaledNormGraph(shards: readonly Shard[], { beta1, beta2 }: AdamWSettings): Graph {
  const g = new Graph();
  const [scale, goodSteps, steps] = SCALING.map((name) => g.input(name, [1, 1])) as [Value, Value, Value];
  const scaled = normOf(g, shards);
  const norm = div(g, scaled, scale);
  const finite = finiteOf(g, scaled, norm);
  g.output('clip', div(g, clipOf(g, norm), scale));
  g.output('nowAlive', finite);
  const enough = truth(g, greater(g, goodSteps, g.scalar(GROWTH_INTERVAL - 1.5)));
  const grows = mul(g, mul(g, finite, enough), truth(g, greater(g, g.scalar(LARGEST_SCALE), scale)));
  const factor = add(g, add(g, mul(g, finite, 1 - BACKOFF), BACKOFF), mul(g, grows, GROWTH - 1));
  g.output('newScale', mul(g, scale, factor));
  g.output('newGoodSteps', mul(g, mul(g, finite, sub(g, 1, enough)), add(g, goodSteps, 1)));
  g.output('newSteps', add(g, steps, finite));
  const correction = (beta: number) => sub(g, 1, exp(g, mul(g, add(g, steps, 1), Math.log(beta))));
  const root = sqrt(g, correction(beta2));
  g.output('stepFactor', div(g, root, correction(beta1)));
  g.output('epsilonFactor', root);
  return g;
}

/** What the device keeps of a `LossScale`, and the steps that moved weights: each a [1, 1]. */
export const SCALING = ['scale', 'goodSteps', 'steps'] as const;
export const newName = (name: (typeof SCALING)[number]) => `new${name[0]?.toUpperCase()}${name.slice(1)}`;

/**
 * AdamW over a shard, in place: inputs `p`, `g`, `m`, `v` [rows, 1024], `clip` and `alive` [1, 1], and the numbers of the step for
 * gradients that are not clipped; outputs `newP`, `newM`, `newV`. Where `alive` is 0 nothing changes.
 * @param corrected `stepFactor` and `epsilonFactor` [1, 1] come from `scaledNormGraph` and are not in the numbers.
 */
export function adamwGraph(corrected: boolean): Graph {
  const g = new Graph();
  const dims = ['rows', SHARD_COLUMNS];
  const [p, gradient, m, v] = ['p', 'g', 'm', 'v'].map((name) => g.input(name, dims)) as [Value, Value, Value, Value];
  const [clip, alive] = [g.input('clip', [1, 1]), g.input('alive', [1, 1])];
  const living = greater(g, alive, g.scalar(0));
  const number = (name: keyof AdamWNumbers, otherwise: number, factor?: string) => {
    const given = g.input(name, []);
    const x = corrected && factor !== undefined ? mul(g, given, g.input(factor, [1, 1])) : given;
    return where(g, living, x, otherwise);
  };
  // What is not finite would come through a product with 0.
  const x = where(g, living, gradient, 0);
  const [gradM, gradV] = [mul(g, number('gradM', 0), clip), mul(g, number('gradV', 0), mul(g, clip, clip))];
  const newM = add(g, mul(g, m, number('decayM', 1)), mul(g, x, gradM));
  const newV = add(g, mul(g, v, number('decayV', 1)), mul(g, mul(g, x, x), gradV));
  const move = div(g, newM, add(g, sqrt(g, newV), number('epsilon', 1, 'epsilonFactor')));
  g.output('newP', sub(g, mul(g, p, number('keep', 1)), mul(g, move, number('stepSize', 0, 'stepFactor'))));
  g.output('newM', newM);
  g.output('newV', newV);
  return g;
}
