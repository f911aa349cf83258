/** AdamW (Loshchilov & Hutter 2019) as torch.optim.AdamW computes it, as a graph over flat runs of elements. */
import { add, div, mul, sqrt, sub } from '../graph/build.js';
import { Graph } from '../graph/graph.js';

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** The scalars that the graph is fed on a step. */
export interface AdamWScalars {
  /** Multiplies the gradient in the first moment: (1 - beta1) · clip. */
  gradientWeight: number;
  /** Multiplies the squared gradient in the second moment: (1 - beta2) · clip². */
  squareWeight: number;
  /** learningRate · √(1 - beta2^t) / (1 - beta1^t). */
  stepSize: number;
  /** epsilon · √(1 - beta2^t): epsilon as it stands before the bias correction is divided out. */
  epsilon: number;
  /** 1 - learningRate · weightDecay. */
  keep: number;
}

/**
 * m' = beta1·m + (1-beta1)·c·g, v' = beta2·v + (1-beta2)·(c·g)², p' = keep·p - stepSize·m' / (√v' + epsilon),
 * which is torch's lr/(1-beta1^t) · m' / (√v'/√(1-beta2^t) + eps) with both sides multiplied by √(1-beta2^t).
 *
 * Inputs `p`, `g`, `m`, `v` of shape [elements]; outputs `p`, `m`, `v` under the names `pNew`, `mNew`, `vNew`, which may be
 * bound to the inputs' own memory: each is read for the last time by the node that writes it.
 */
export function adamwGraph({ beta1, beta2 }: AdamWSettings): Graph {
  const g = new Graph();
  const [p, gradient, m, v] = ['p', 'g', 'm', 'v'].map((name) => g.input(name, ['elements']));
  if (!p || !gradient || !m || !v) throw new Error('unreachable');
  const fed = (name: keyof AdamWScalars) => g.input(name, []);
  const mNew = add(g, mul(g, m, beta1), mul(g, gradient, fed('gradientWeight')));
  const vNew = add(g, mul(g, v, beta2), mul(g, mul(g, gradient, gradient), fed('squareWeight')));
  const direction = div(g, mNew, add(g, sqrt(g, vNew), fed('epsilon')));
  g.output('pNew', sub(g, mul(g, p, fed('keep')), mul(g, direction, fed('stepSize'))));
  g.output('mNew', mNew);
  g.output('vNew', vNew);
  return g;
}

/**
 * @param step the optimiser step, counted from 1.
 * @param clip what gradients are multiplied by to bound their global norm.
 */
export function adamwScalars(
  { beta1, beta2, epsilon }: AdamWSettings,
  step: number,
  learningRate: number,
  weightDecay: number,
  clip: number,
): AdamWScalars {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    gradientWeight: (1 - beta1) * clip,
    squareWeight: (1 - beta2) * clip * clip,
    stepSize: (learningRate * correction) / (1 - beta1 ** step),
    epsilon: epsilon * correction,
    keep: 1 - learningRate * weightDecay,
  };
}

/**
 * True for parameters without weight decay: Hugging Face's rule looks for `bias` or `LayerNorm.weight` in the NAME, so DistilBERT's
 * `sa_layer_norm`, `output_layer_norm` and `vocab_layer_norm` weights are decayed.
 */
export function hasNoDecay(name: string): boolean {
  return name.includes('bias') || name.includes('LayerNorm.weight');
}
