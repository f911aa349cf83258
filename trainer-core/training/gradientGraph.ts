/** The backward pass of a training step. */
import { gradients } from '../autodiff/gradients.js';
import { mul, reshape } from '../graph/build.js';
import type { Value } from '../graph/ops.js';
import type { TrainStepOptions } from './trainStep.js';

/**
 * Adds to the forward graph what a step computes: outputs the reported scalars and `gradient.NAME` of each trained weight; input
 * `lossWeight`, a scalar that multiplies the loss before it is differentiated.
 * @param withSums inputs `sum.NAME` too, to which the gradients are added.
 * @param withScale input `lossScale` [1, 1] too, half precision's, which multiplies the loss as `lossWeight` does.
 */
export function gradientGraph(
  { graph: g, loss, reported }: Pick<TrainStepOptions, 'graph' | 'loss' | 'reported'>,
  names: readonly string[],
  withSums: boolean,
  withScale = false,
): void {
  for (const [name, value] of Object.entries(reported)) g.output(name, value);
  const trained = names.map((name) => {
    const input = g.inputs.get(name);
    if (!input) throw new Error(`weight '${name}' is not in the graph`);
    return { name, value: input.value };
  });
  const sums = new Map(withSums ? trained.map(({ name, value }) => [value, g.input(`sum.${name}`, value.dims)]) : []);
  const weighted = mul(g, loss, g.input('lossWeight', []));
  const scaled = withScale ? mul(g, weighted, reshape(g, g.input('lossScale', [1, 1]), [])) : weighted;
  const dW = gradients(
    g,
    scaled,
    trained.map(({ value }) => value),
    sums,
  );
  trained.forEach(({ name }, i) => {
    g.output(`gradient.${name}`, dW[i] as Value);
  });
}
