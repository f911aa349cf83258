/**
 * One optimiser step: gradients of a loss summed over micro-batches, global-norm clipping, AdamW.
 * Gradients come from a graph, which of its inputs writes over the running sums alone (see ARCHITECTURE.md on aliasing).
 */
import { gradients } from '../autodiff/gradients.js';
import { mul } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { type AdamWSettings, adamwNumbers } from '../optim/adamw.js';
import { clipScale, globalNorm } from '../optim/clip.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { AdamWKernel } from '../runtime/adamwKernel.js';
import { type HostTensor, scalar } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { ParameterStore } from './parameterStore.js';

export type Feeds = Record<string, HostTensor>;

/** What one run of the gradient graph is given. */
export interface Run {
  feeds: Feeds;
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
  threads?: number;
}

export class TrainStep {
  readonly store: ParameterStore;
  /** Optimiser steps done. */
  step = 0;
  /** Without the initial weights, which are copied by now and need not be kept. */
  readonly #options: Pick<TrainStepOptions, 'accumulate' | 'adamw'>;
  readonly #reported: readonly string[];
  readonly #gradientProgram: Program;
  readonly #adamw = new AdamWKernel();
  readonly #weightFeeds: Feeds = {};
  /** Where runs add up; see ARCHITECTURE.md on aliasing. */
  readonly #gradients: Float32Array;
  #runs = 0;

  private constructor(options: TrainStepOptions, store: ParameterStore, gradientProgram: Program) {
    const { accumulate, adamw } = options;
    this.#options = { accumulate, adamw };
    this.#reported = Object.keys(options.reported);
    this.store = store;
    this.#gradientProgram = gradientProgram;
    this.#gradients = new Float32Array(store.size);
    for (const [name, tensor] of [...store.views(store.values), ...(options.fixed ?? [])])
      this.#weightFeeds[name] = tensor;
  }

  static async create(options: TrainStepOptions): Promise<TrainStep> {
    const { graph: g, loss, reported, accumulate } = options;
    const threads = options.threads === undefined ? {} : { threads: options.threads };
    const store = new ParameterStore(options.weights, options.rateOf);
    for (const [name, value] of Object.entries(reported)) g.output(name, value);
    const trained = store.names.map((name) => {
      const input = g.inputs.get(name);
      if (!input) throw new Error(`weight '${name}' is not in the graph`);
      return { name, value: input.value };
    });
    const sums = new Map(
      accumulate ? trained.map(({ name, value }) => [value, g.input(`sum.${name}`, value.dims)]) : [],
    );
    const scaled = mul(g, loss, g.input('lossScale', []));
    const dW = gradients(
      g,
      scaled,
      trained.map(({ value }) => value),
      sums,
    );
    trained.forEach(({ name }, i) => {
      g.output(`gradient.${name}`, dW[i] as Value);
    });
    return new TrainStep(options, store, await Program.compile(g, { ...threads, planMemory: false }));
  }

  /**
   * Runs forward and backward and adds the gradient to this step's sum.
   * @param lossScale multiplies the loss before it is differentiated (1 / micro-batches of the step).
   * @returns the reported scalars, unscaled.
   */
  async accumulate({ feeds, bindings }: Run, lossScale: number, dropoutSeed: number): Promise<Record<string, number>> {
    const { accumulate } = this.#options;
    if (this.#runs > 0 && !accumulate) throw new Error('this step was not made to accumulate');
    if (this.#runs === 0 && accumulate) this.#gradients.fill(0);
    const all: Feeds = { ...feeds, ...this.#weightFeeds, lossScale: scalar(lossScale) };
    const into: Feeds = {};
    for (const [name, tensor] of this.gradients()) {
      if (accumulate) all[`sum.${name}`] = tensor;
      into[`gradient.${name}`] = tensor;
    }
    const outputs = await this.#gradientProgram.run(all, { into, dropoutSeed, ...(bindings ? { bindings } : {}) });
    this.#runs++;
    return Object.fromEntries(this.#reported.map((name) => [name, outputs[name]?.data[0] as number]));
  }

  /** Forgets what the step at hand has summed up. */
  discard(): void {
    this.#runs = 0;
  }

  /** True when a step may be made of several runs. */
  get accumulates(): boolean {
    return this.#options.accumulate;
  }

  /** Gradients of the step so far, before clipping, as views. */
  gradients(): NamedTensors {
    return this.store.views(this.#gradients);
  }

  /** The global norm of the gradients of the step so far. */
  gradientNorm(): number {
    return globalNorm(this.#gradients);
  }

  /** Clips, moves the weights, and begins a new step. `norm` is `gradientNorm()`. */
  update(learningRate: number, norm: number): void {
    const { adamw } = this.#options;
    const { store } = this;
    const clip = clipScale(norm, adamw.maxGradNorm);
    this.step++;
    this.#runs = 0;
    for (const { from, to, decays, rate } of store.groups) {
      const weightDecay = decays ? adamw.weightDecay : 0;
      const numbers = adamwNumbers(adamw, this.step, learningRate * rate, weightDecay, clip);
      const part = (block: Float32Array) => block.subarray(from, to);
      const blocks = { p: part(store.values), g: part(this.#gradients), m: part(store.m), v: part(store.v) };
      this.#adamw.update(blocks, numbers);
    }
  }

  async dispose(): Promise<void> {
    await this.#gradientProgram.dispose();
  }
}
