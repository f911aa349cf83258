/**
 * One run of the gradient graph as the body of a Loop (`loopGraph.ts`).
 *
 * Each run keeps its own shape. What the runs are fed lies end to end in one vector of numbers and one of integers; a table says which
 * part of them an input is and what shape it has, and the body cuts it out. So nothing is padded, and no run has to be like another.
 */
import { NodeList } from './nodeList.js';
import { type Initializer, valueInfo } from './onnxEncoder.js';
import { attribute, dataType, type GraphProto } from './onnxSchema.js';

/** A weight that the loop trains. */
export interface LoopWeight {
  /** Of the graph's input; its gradient is the output `gradient.NAME`, which adds to the input `sum.NAME`. */
  name: string;
  dims: readonly number[];
  /** Weights of one group have one rate and one decay. */
  group: number;
}

/** An input that each run has its own of. */
export interface RunInput {
  name: string;
  /** `table`: its numbers stand in the table's row. Otherwise the row has where they begin and end in a vector, then the dimensions. */
  in: 'floats' | 'ints' | 'table';
  /** Columns of the row that are its own. */
  columns: number;
}

/** What all runs are fed: float32 and int32 end to end, and int64 [runs, columns]; and what a step sees of it, its first run. */
export const TABLES = { floats: 'loop:floats', ints: 'loop:ints', table: 'loop:table', first: 'step:first' } as const;

/** The inputs of an encoded gradient graph that are neither a weight nor a running sum. */
export function runInputs(gradients: GraphProto, weights: readonly LoopWeight[]): RunInput[] {
  const carried = new Set(weights.flatMap(({ name }) => [name, `sum.${name}`]));
  return gradients.input
    .filter(({ name }) => !carried.has(name))
    .map(({ name, type: { tensorType } }) => {
      const { elemType, shape } = tensorType;
      const rank = shape.dim.length;
      if (elemType !== dataType.int64) {
        return { name, in: elemType === dataType.int32 ? 'ints' : 'floats', columns: 2 + rank };
      }
      return { name, in: 'table', columns: (shape.dim[0] as { dimValue: number }).dimValue };
    });
}

/** Columns of the table. */
export function tableColumns(inputs: readonly RunInput[]): number {
  return inputs.reduce((n, { columns }) => n + columns, 0);
}

/** The body: weights, vectors and the step's first run are seen from within, the sums are carried, what is reported is put together. */
export function runGraph(
  gradients: GraphProto,
  inputs: readonly RunInput[],
  { weights, reported }: { weights: readonly LoopWeight[]; reported: readonly string[] },
  fixed: ReadonlyMap<string, Initializer>,
): GraphProto {
  const list = new NodeList('run');
  const axis = (n: number) => [attribute.int('axis', n)];
  const run = list.node('Add', [TABLES.first, 'run:number']);
  const row = list.node('Gather', [TABLES.table, run], axis(0));
  // What the row is split into: an input's whole part where it is a shape, otherwise its beginning, its end and its dimensions.
  const parts = inputs.map(({ name, in: source, columns }) => {
    const sizes = source === 'table' ? [columns] : columns === 2 ? [1, 1] : [1, 1, columns - 2];
    return { source, name, sizes, names: sizes.map(() => (source === 'table' ? name : list.temporary())) };
  });
  const sizes = list.ints(parts.flatMap((part) => part.sizes));
  list.push(
    'Split',
    [row, sizes],
    parts.flatMap(({ names }) => names),
    axis(0),
  );
  for (const { source, name, names } of parts) {
    if (source === 'table') continue;
    const [start, end, dims] = names as [string, string, string | undefined];
    const part = list.node('Slice', [TABLES[source], start, end, list.ints([0])]);
    if (dims === undefined) list.push('Squeeze', [part, list.ints([0])], [name]);
    else list.push('Reshape', [part, dims], [name], [attribute.int('allowzero', 1)]);
  }
  list.nodes.push(...gradients.node);
  const told = reported.map((name) => list.node('Reshape', [name, list.ints([1])]));
  list.push('Concat', told, ['run:reported'], axis(0));
  list.push('Identity', ['run:goes'], ['run:goesOn']);
  return list.graph(
    {
      input: [
        valueInfo('run:number', 'int64', []),
        valueInfo('run:goes', 'bool', []),
        ...weights.map(({ name, dims }) => valueInfo(`sum.${name}`, 'float32', dims)),
      ],
      output: [
        valueInfo('run:goesOn', 'bool', []),
        ...weights.map(({ name, dims }) => valueInfo(`gradient.${name}`, 'float32', dims)),
        valueInfo('run:reported', 'float32', [reported.length]),
      ],
    },
    gradients.initializer.filter(({ name }) => !fixed.has(name as string)),
  );
}
