/** Gradient clipping by global norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_. */
import { mul, sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';

/** Σ x² of `x` [elements] as the scalar `sum`. */
export function squareSumGraph(): Graph {
  const g = new Graph();
  const x = g.input('x', ['elements']);
  g.output('sum', sumAll(g, mul(g, x, x)));
  return g;
}

/** What to multiply gradients of this global norm by. */
export function clipScale(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
