/**
 * ONNX Runtime's profile (Chrome trace events) as a table of kernels. Its WebGPU provider adds an event of category `Api` for each dispatch,
 * named NODE&OP&PROGRAM, whose duration is the GPU's own by timestamp queries; the events of category `Node` say there only how long the
 * host took to record a node. On the CPU the node events are the work itself.
 */

import { median } from '../steps.js';

/** What is read of a trace event; times in microseconds. */
export interface TraceEvent {
  cat: string;
  name: string;
  dur: number;
  args?: { op_name?: string };
}

export interface Kernel {
  name: string;
  /** True for the products of matrices. */
  matrix: boolean;
  count: number;
  ms: number;
  /** Of the time of all kernels. */
  share: number;
}

export interface Profile {
  /** The costliest first. */
  kernels: Kernel[];
  /** Of all kernels that multiply matrices, and of the others, which are bound by memory traffic. */
  matrixMs: number;
  otherMs: number;
  /** Dispatches on a GPU, nodes on a CPU. */
  count: number;
  /** Time in which the host went through graphs: what recording the dispatches costs it. */
  hostMs: number;
  /** Whose clock the kernels' times are from. */
  clock: 'gpu' | 'host';
}

const MATRIX = /gemm|matmul|attention/i;

/** Adds up the profiles of a process, one for each of its graphs, over `parts` equal steps, and gives what falls to one. */
export function profileOf(graphs: readonly (readonly TraceEvent[])[], parts = 1): Profile {
  const events = graphs.flat();
  const dispatches = events.filter(({ cat }) => cat === 'Api');
  const onGpu = dispatches.length > 0;
  const nodes = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const sums = new Map<string, { count: number; us: number }>();
  for (const event of onGpu ? dispatches : nodes) {
    const name = onGpu ? event.name.split('&').slice(1).join(' ') : (event.args?.op_name ?? event.name);
    const sum = sums.get(shortened(name)) ?? { count: 0, us: 0 };
    sums.set(shortened(name), { count: sum.count + 1, us: sum.us + event.dur });
  }
  const total = [...sums.values()].reduce((n, { us }) => n + us, 0);
  const kernels = [...sums]
    .map(([name, { count, us }]) => {
      return {
        name,
        matrix: MATRIX.test(name.split(' ').at(-1) as string),
        count: count / parts,
        ms: us / 1000 / parts,
        share: us / (total || 1),
      };
    })
    .sort((a, b) => b.ms - a.ms);
  const sum = (which: readonly Kernel[], of: 'ms' | 'count') => which.reduce((n, kernel) => n + kernel[of], 0);
  return {
    kernels,
    matrixMs: sum(
      kernels.filter(({ matrix }) => matrix),
      'ms',
    ),
    otherMs: sum(
      kernels.filter(({ matrix }) => !matrix),
      'ms',
    ),
    count: sum(kernels, 'count'),
    hostMs: graphs.reduce((n, each) => n + hostUs(each), 0) / 1000 / parts,
    clock: onGpu ? 'gpu' : 'host',
  };
}

/** Of all runs of a graph. Compiling kernels makes the first one longer, so that each is taken for the middle one. */
function hostUs(events: readonly TraceEvent[]): number {
  const runs = events.filter(({ name }) => name === 'SequentialExecutor::Execute').map(({ dur }) => dur);
  return runs.length === 0 ? 0 : median(runs) * runs.length;
}

/** `Gemm Gemm`, an op whose program has its name, is `Gemm`. */
function shortened(name: string): string {
  const [op, ...program] = name.split(' ');
  return program.length === 0 || program.join(' ') === op ? (op as string) : name;
}
