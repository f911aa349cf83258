/**
 * A whole stretch of training as one ONNX model, for devices whose tensors cannot stay there between runs: a Loop over optimiser
 * steps that carries weights and moments; in it a Loop over the step's runs that carries the sums of the gradients (`loopRun.ts`), then
 * the global norm, and AdamW in an If that a step which is not finite does not enter.
 * Operators: https://onnx.ai/onnx/operators/onnx__Loop.html and onnx__If.html.
 */
import type { Graph } from '../graph/graph.js';
import { type LoopWeight, type RunInput, runGraph, runInputs, TABLES, tableColumns } from './loopRun.js';
import { NodeList } from './nodeList.js';
import { type EncodedGraph, type EncodeOptions, encodeGraph, type Initializer, valueInfo } from './onnxEncoder.js';
import { attribute, dataType, type GraphProto } from './onnxSchema.js';

export interface LoopSpec {
  weights: readonly LoopWeight[];
  /** Scalar outputs of the gradient graph to be told of each run. */
  reported: readonly string[];
  beta1: number;
  beta2: number;
  maxGradNorm: number;
  /** True: the gradients of the last step are outputs too. They take as much memory as the weights. */
  keepGradients: boolean;
}

export interface EncodedLoop {
  graph: GraphProto;
  /** The gradient graph's inputs. */
  encoded: Omit<EncodedGraph, 'graph'>;
  /** What each run has its own of, in the order of the table's columns. */
  runInputs: readonly RunInput[];
}

/** What the optimiser moves: weights and their two moments. */
export const STATE = ['p', 'm', 'v'] as const;
export type StateBlock = (typeof STATE)[number];

/** Names of the model's inputs and outputs, with what no name of the gradient graph begins with; those of what the runs are fed are in `loopRun.ts`. */
export const LOOP = {
  /** int64 [1]: how many steps. */
  steps: 'loop:steps',
  /** int64 [steps]: each step's first run, and how many it has. */
  first: 'loop:first',
  count: 'loop:count',
  /** float32 [steps, 1 + 2 · groups]: AdamW's epsilon, then stepSize and keep of each group. */
  numbers: 'loop:numbers',
  /** bool [1]: false works out gradients only. */
  moves: 'loop:moves',
  /** float32 [1]: 0. Fed, so that no constant as large as all weights is made of it. */
  zero: 'loop:zero',
  before: (block: StateBlock, name: string) => `loop:before:${block}:${name}`,
  after: (block: StateBlock, name: string) => `loop:after:${block}:${name}`,
  /** Of the last step, summed over its runs, before clipping. */
  gradient: (name: string) => `loop:gradient:${name}`,
  /** float32 [1 + runs, reported]: a row of zeros, then one a run. */
  reported: 'loop:reported',
  /** float64 [steps]: global norms. Fewer where a step was not finite: it is the last. */
  norms: 'loop:norms',
} as const;

/**
 * Encodes the loop around a gradient graph, whose inputs `sum.NAME` and outputs `gradient.NAME` are a weight's.
 * `fixed`: parameters that stay as they are, which become constants of the model.
 */
export function loopGraph(
  graph: Graph,
  spec: LoopSpec,
  fixed: ReadonlyMap<string, Initializer>,
  options: EncodeOptions = {},
): EncodedLoop {
  const { graph: gradients, ...encoded } = encodeGraph(graph, fixed, options);
  const own = runInputs(gradients, spec.weights);
  const { weights, reported, keepGradients } = spec;
  const list = new NodeList('training');
  const state = STATE.flatMap((block) => weights.map(({ name, dims }) => ({ block, name, dims })));
  const zeros = (dims: readonly number[]) => list.node('Expand', [LOOP.zero, list.ints(dims)]);
  const kept = keepGradients ? weights : [];
  list.push(
    'Loop',
    [
      LOOP.steps,
      '',
      ...state.map(({ block, name }) => LOOP.before(block, name)),
      zeros([1, reported.length]),
      ...kept.map(({ dims }) => zeros(dims)),
    ],
    [
      ...state.map(({ block, name }) => LOOP.after(block, name)),
      LOOP.reported,
      ...kept.map(({ name }) => LOOP.gradient(name)),
      LOOP.norms,
    ],
    [attribute.graph('body', stepGraph(spec, runGraph(gradients, own, spec, fixed)))],
  );
  const main = list.graph(
    {
      input: [
        valueInfo(LOOP.steps, 'int64', [1]),
        valueInfo(LOOP.first, 'int64', ['steps']),
        valueInfo(LOOP.count, 'int64', ['steps']),
        valueInfo(LOOP.numbers, 'float32', ['steps', 1 + 2 * groupCount(spec)]),
        valueInfo(LOOP.moves, 'bool', [1]),
        valueInfo(LOOP.zero, 'float32', [1]),
        valueInfo(TABLES.floats, 'float32', ['floats']),
        valueInfo(TABLES.ints, 'int32', ['ints']),
        valueInfo(TABLES.table, 'int64', ['runs', tableColumns(own)]),
        ...state.map(({ block, name, dims }) => valueInfo(LOOP.before(block, name), 'float32', dims)),
      ],
      output: [
        ...state.map(({ block, name, dims }) => valueInfo(LOOP.after(block, name), 'float32', dims)),
        valueInfo(LOOP.reported, 'float32', ['rows', reported.length]),
        ...kept.map(({ name, dims }) => valueInfo(LOOP.gradient(name), 'float32', dims)),
        valueInfo(LOOP.norms, 'float64', ['done']),
      ],
    },
    // The large ones lie here, where their bytes are not copied; small ones beside the nodes that read them.
    gradients.initializer.filter(({ name }) => fixed.has(name as string)),
  );
  return { graph: main, encoded, runInputs: own };
}

/** Groups of weights that differ in rate or decay. */
export function groupCount({ weights }: Pick<LoopSpec, 'weights'>): number {
  return 1 + Math.max(...weights.map(({ group }) => group));
}

/** One optimiser step: the body of the outer loop. A weight has its own name here, moments `m:NAME` and `v:NAME`. */
function stepGraph(spec: LoopSpec, run: GraphProto): GraphProto {
  const { weights, reported, maxGradNorm, keepGradients } = spec;
  const list = new NodeList('step');
  const at = (table: string, output?: string) => list.node('Gather', [table, 'step:number'], [], output);
  at(LOOP.first, TABLES.first);
  // Those of one shape share it.
  const zeros = new Map(weights.map(({ dims }) => [String(dims), dims] as const));
  for (const [shape, dims] of zeros) list.node('Expand', [LOOP.zero, list.ints(dims)], [], `step:zeros:${shape}`);
  const sums = weights.map(({ name }) => `sum:${name}`);
  const initial = weights.map(({ dims }) => `step:zeros:${String(dims)}`);
  list.push('Loop', [at(LOOP.count), '', ...initial], [...sums, 'step:rows'], [attribute.graph('body', run)]);

  // In double precision, as on the host: sums of so many squares lose digits in single precision.
  const squares = sums.map((sum) => list.node('ReduceSumSquare', [double(list, sum)], [attribute.int('keepdims', 0)]));
  const norm = list.node('Sqrt', [squares.length === 1 ? (squares[0] as string) : list.node('Sum', squares)]);
  // Both are sums of what is not negative: finite only if all of it is. NaN compares as false.
  const told = list.node('ReduceSum', [list.node('Abs', [double(list, 'step:rows')])], [attribute.int('keepdims', 0)]);
  const finite = list.node('LessOrEqual', [list.node('Add', [norm, told]), list.double(Number.MAX_VALUE)]);
  const clip = list.node('Min', [
    list.double(1),
    list.node('Div', [list.double(maxGradNorm), list.node('Add', [norm, list.double(1e-6)])]),
  ]);
  at(LOOP.numbers, 'step:numbers');
  list.node('Identity', [clip], [], 'step:clip');
  const moves = list.node('Squeeze', [LOOP.moves]);
  const after = STATE.flatMap((block) => weights.map(({ name }) => `new:${block}:${name}`));
  list.push('If', [list.node('And', [finite, moves])], after, [
    attribute.graph('then_branch', moved(spec)),
    attribute.graph('else_branch', unmoved(spec)),
  ]);
  list.push('Concat', ['step:reported', 'step:rows'], ['step:allReported'], [attribute.int('axis', 0)]);
  list.push('Identity', [finite], ['step:goesOn']);
  list.push('Identity', [norm], ['step:norm']);
  const kept = keepGradients ? weights : [];
  for (const { name } of kept) list.push('Identity', [`sum:${name}`], [`step:gradient:${name}`]);
  return list.graph({
    input: [
      valueInfo('step:number', 'int64', []),
      valueInfo('step:goes', 'bool', []),
      ...STATE.flatMap((block) => weights.map(({ name, dims }) => valueInfo(inside(block, name), 'float32', dims))),
      valueInfo('step:reported', 'float32', ['rowsBefore', reported.length]),
      ...kept.map(({ name, dims }) => valueInfo(`step:before:${name}`, 'float32', dims)),
    ],
    output: [
      valueInfo('step:goesOn', 'bool', []),
      ...STATE.flatMap((block) => weights.map(({ name, dims }) => valueInfo(`new:${block}:${name}`, 'float32', dims))),
      valueInfo('step:allReported', 'float32', ['rowsAfter', reported.length]),
      ...kept.map(({ name, dims }) => valueInfo(`step:gradient:${name}`, 'float32', dims)),
      valueInfo('step:norm', 'float64', []),
    ],
  });
}

function inside(block: StateBlock, name: string): string {
  return block === 'p' ? name : `${block}:${name}`;
}

function double(list: NodeList, x: string): string {
  return list.node('Cast', [x], [attribute.int('to', dataType.float64)]);
}

/** AdamW (`optim/adamw.ts`), operation by operation in the order of `adamwKernel.ts`, so that it rounds alike. */
function moved({ weights, beta1, beta2 }: LoopSpec): GraphProto {
  const list = new NodeList('moved');
  const single = (x: string) => list.node('Cast', [x], [attribute.int('to', dataType.float32)]);
  const gradM = single(list.node('Mul', [list.double(1 - beta1), 'step:clip']));
  const gradV = single(list.node('Mul', [list.node('Mul', [list.double(1 - beta2), 'step:clip']), 'step:clip']));
  const number = (i: number) => list.node('Gather', ['step:numbers', list.int(i)]);
  const epsilon = number(0);
  const groups = Array.from({ length: groupCount({ weights }) }, (_, group) => ({
    stepSize: number(1 + 2 * group),
    keep: number(2 + 2 * group),
  }));
  const mul = (a: string, b: string) => list.node('Mul', [a, b]);
  const add = (a: string, b: string, output?: string) => list.node('Add', [a, b], [], output);
  for (const { name, group } of weights) {
    const { stepSize, keep } = groups[group] as { stepSize: string; keep: string };
    const g = `sum:${name}`;
    const m = add(mul(inside('m', name), list.float(beta1)), mul(g, gradM), `moved:m:${name}`);
    const v = add(mul(inside('v', name), list.float(beta2)), mul(mul(g, g), gradV), `moved:v:${name}`);
    const change = mul(list.node('Div', [m, add(list.node('Sqrt', [v]), epsilon)]), stepSize);
    list.push('Sub', [mul(name, keep), change], [`moved:p:${name}`]);
  }
  return list.graph({ input: [], output: stateInfo(weights, 'moved') });
}

/** The state as it was. */
function unmoved({ weights }: LoopSpec): GraphProto {
  const list = new NodeList('unmoved');
  for (const block of STATE)
    for (const { name } of weights) list.push('Identity', [inside(block, name)], [`unmoved:${block}:${name}`]);
  return list.graph({ input: [], output: stateInfo(weights, 'unmoved') });
}

function stateInfo(weights: readonly LoopWeight[], prefix: string) {
  return STATE.flatMap((block) =>
    weights.map(({ name, dims }) => valueInfo(`${prefix}:${block}:${name}`, 'float32', dims)),
  );
}
