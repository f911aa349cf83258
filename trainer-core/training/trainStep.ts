/** One optimiser step on any device: gradients of a loss summed over micro-batches, global-norm clipping, AdamW. */
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { AdamWSettings } from '../optim/adamw.js';
import type { LossScale } from '../optim/lossScale.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { keepsTensors } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import type { DeviceTensor } from '../runtime/deviceTensor.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { DeviceTrainStep } from './deviceTrainStep.js';
import { HostTrainStep } from './hostTrainStep.js';
import { LoopTrainStep } from './loopTrainStep.js';
import type { ParameterStore } from './parameterStore.js';

/** Feeds that all are the host's. */
export type HostFeeds = Record<string, HostTensor>;

/** What one run of the gradient graph is given. */
export interface Run {
  /**
   * Tensors of the host, which are not written over before the step's results are known, or of the step's own device. They stay the
   * caller's, and may be disposed of as soon as `accumulate` is done.
   */
  feeds: Record<string, HostTensor | DeviceTensor>;
  /** Values for symbols that no feed's shape tells. */
  bindings?: Record<string, number>;
}

export interface TrainStepOptions {
  /** The forward graph; its inputs of kind `parameter` that `weights` names are trained. */
  graph: Graph;
  /** The scalar to descend. */
  loss: Value;
  /** Scalars to report, by name. */
  reported: Readonly<Record<string, Value>>;
  /** Initial weights, copied. A weight that is fed but not trained goes into `fixed`. */
  weights: NamedTensors;
  /** Parameters of the graph that stay as they are. */
  fixed?: NamedTensors;
  adamw: AdamWSettings & { weightDecay: number; maxGradNorm: number };
  /** What the learning rate of a weight is multiplied with; default 1. */
  rateOf?: (name: string) => number;
  /** True when gradients of several runs are summed into one step. */
  accumulate: boolean;
  /** True when `gradients` is asked for after `update`, which on some devices takes as much memory as the weights. Default false. */
  keepGradients?: boolean;
  /** Default: the CPU. */
  device?: Device;
  /** Threads inside one op; default: those of the device. */
  threads?: number;
}

/** The reported scalars of a run, unscaled. */
export type Reported = Readonly<Record<string, number>>;

/** What an optimiser step came to. */
export interface StepResult {
  /** Of each run, in order. */
  runs: readonly Reported[];
  /** Global norm before clipping. */
  gradNorm: number;
  /** In half precision: the scale of the next step. */
  lossScale?: LossScale;
}

/** True when only the gradients are out of bounds, in half precision: a smaller scale, which the next step has, may mend that. */
export function isSkipped({ runs, gradNorm, lossScale }: StepResult): boolean {
  return lossScale !== undefined && !Number.isFinite(gradNorm) && isFiniteResult({ runs, gradNorm: 0 });
}

/** False when a step's losses or gradients are out of bounds, and so moved no weight. */
export function isFiniteResult({ runs, gradNorm }: StepResult): boolean {
  return Number.isFinite(gradNorm) && runs.every((run) => Object.values(run).every(Number.isFinite));
}

export interface TrainStep {
  /** The weights and moments in host memory; they are those of the last step after `pull`, and on the CPU always. */
  readonly store: ParameterStore;
  /** Steps that moved weights, as far as results are known. */
  step: number;
  /** In half precision: how the loss of the next step is scaled, as far as results are known. Null, or not there: single precision. */
  readonly lossScale?: LossScale | null;
  /** True when a step may be made of several runs. */
  readonly accumulates: boolean;
  /**
   * Runs forward and backward and adds the gradient to this step's sum.
   * @param lossWeight multiplies the loss before it is differentiated (1 / micro-batches of the step).
   */
  accumulate(run: Run, lossWeight: number, dropoutSeed: number): Promise<void>;
  /**
   * Clips, moves the weights and begins a new step. Losses or gradients that are not finite move nothing, and in single precision
   * nothing after them does.
   * @returns results of steps, in order, as far as they are known: a device is asked for them every few steps only, because it stands
   * still meanwhile.
   */
  update(learningRate: number): Promise<StepResult[]>;
  /** The results that `update` has not given yet. */
  results(): Promise<StepResult[]>;
  /** Forgets what the step at hand has summed up. */
  discard(): void;
  /** The scalars of the step at hand, run by run. */
  reported(): Promise<Reported[]>;
  /**
   * Gradients summed up last, before clipping and without the scale of half precision. Without `keepGradients` a device may have none
   * any more after `update`, and `cuda` never has: an Error.
   */
  gradients(): Promise<NamedTensors>;
  /** The global norm of the gradients of the step so far. */
  gradientNorm(): Promise<number>;
  /** Brings `store` up to date. */
  pull(): Promise<void>;
  /** Takes over what was written into `store`, and `step`. */
  push(): Promise<void>;
  /**
   * Goes over to half precision with this scale, or to single precision (null), before a step is begun. When it throws, it has to be
   * called again before a step can be. Not there: this kind of step has single precision only.
   */
  usePrecision?(lossScale: LossScale | null): Promise<void>;
  dispose(): Promise<void>;
}

/** The step for a device. */
export async function createTrainStep(options: TrainStepOptions): Promise<TrainStep> {
  const { device } = options;
  if (device && keepsTensors(device)) return await DeviceTrainStep.create(options, device);
  if (device?.name === 'cuda') return await LoopTrainStep.create(options, device);
  return await HostTrainStep.create(options);
}
