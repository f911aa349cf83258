/** The values of a graph's symbols for one run. */
import { evaluate } from '../graph/dims.js';
import type { GraphInput } from '../graph/graph.js';

/** The symbols' values: given, or read off the fed tensors' shapes. A missing feed and shapes that disagree are an Error. */
export function symbolValues(
  inputs: readonly GraphInput[],
  feeds: Readonly<Record<string, { readonly dims: readonly number[] }>>,
  given: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const bindings: Record<string, number> = { ...given };
  const fed = inputs.filter(({ source }) => source.kind !== 'dropoutMask');
  for (const { name, value } of fed) {
    const feed = feeds[name];
    if (!feed) throw new Error(`input '${name}' was not fed`);
    value.dims.forEach((dim, i) => {
      if (typeof dim === 'string' && !dim.includes('*')) bindings[dim] ??= feed.dims[i] as number;
    });
  }
  for (const { name, value } of fed) {
    const dims = feeds[name]?.dims ?? [];
    if (dims.length === value.dims.length && value.dims.every((dim, i) => evaluate(dim, bindings) === dims[i]))
      continue;
    throw new Error(`input '${name}' is [${dims.join(', ')}], the graph says [${value.dims.join(', ')}]`);
  }
  return bindings;
}
