/**
 * The optimiser step whose weights, gradients and moments are in host memory: for the CPU, and for devices that give their results back
 * (DirectML, CoreML), on which the gradients are computed.
 * Gradients come from a graph, which of its inputs writes over the running sums alone (see ARCHITECTURE.md on aliasing).
 */
import { adamwNumbers } from '../optim/adamw.js';
import { clipScale, globalNorm } from '../optim/clip.js';
import { type LossScale, nextLossScale } from '../optim/lossScale.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { AdamWKernel } from '../runtime/adamwKernel.js';
import { float16Lowering } from '../runtime/float16.js';
import { float32, scalar } from '../runtime/hostTensor.js';
import type { Lowering } from '../runtime/onnxEncoder.js';
import { Program } from '../runtime/program.js';
import { gradientGraph } from './gradientGraph.js';
import { ParameterStore } from './parameterStore.js';
import {
  type HostFeeds,
  isFiniteResult,
  type Reported,
  type Run,
  type StepResult,
  type TrainStep,
  type TrainStepOptions,
} from './trainStep.js';

export class HostTrainStep implements TrainStep {
  readonly store: ParameterStore;
  step = 0;
  /** How half precision is spelled. */
  half: () => Lowering = float16Lowering;
  /** Without the initial weights, which are copied by now and need not be kept. */
  readonly #options: Pick<TrainStepOptions, 'accumulate' | 'adamw'>;
  readonly #reportedNames: readonly string[];
  readonly #compile: (lowering: Lowering | null) => Promise<Program>;
  /** Null where the precision that was asked for last could not be compiled. */
  #gradientProgram: Program | null;
  #lossScale: LossScale | null = null;
  readonly #adamw = new AdamWKernel();
  readonly #weightFeeds: HostFeeds = {};
  /** Where runs add up; see ARCHITECTURE.md on aliasing. */
  readonly #gradients: Float32Array;
  /** What these are multiplied with. */
  #gradientScale = 1;
  #runs: Reported[] = [];

  private constructor(
    options: TrainStepOptions,
    store: ParameterStore,
    compile: (lowering: Lowering | null) => Promise<Program>,
    gradientProgram: Program,
  ) {
    const { accumulate, adamw } = options;
    this.#options = { accumulate, adamw };
    this.#compile = compile;
    this.#reportedNames = Object.keys(options.reported);
    this.store = store;
    this.#gradientProgram = gradientProgram;
    this.#gradients = new Float32Array(store.size);
    for (const [name, tensor] of [...store.views(store.values), ...(options.fixed ?? [])])
      this.#weightFeeds[name] = tensor;
  }

  static async create(options: TrainStepOptions): Promise<HostTrainStep> {
    const { graph, accumulate, threads, device } = options;
    const store = new ParameterStore(options.weights, options.rateOf);
    gradientGraph(options, store.names, accumulate, true);
    const compile = (lowering: Lowering | null) =>
      Program.compile(graph, {
        planMemory: false,
        ...(device && { device }),
        ...(threads !== undefined && { threads }),
        ...(lowering && { lowering }),
      });
    return new HostTrainStep(options, store, compile, await compile(null));
  }

  get lossScale(): LossScale | null {
    return this.#lossScale;
  }

  async accumulate({ feeds, bindings }: Run, lossWeight: number, dropoutSeed: number): Promise<void> {
    const { accumulate } = this.#options;
    if (this.#runs.length > 0 && !accumulate) throw new Error('this step was not made to accumulate');
    if (this.#runs.length === 0) this.#gradientScale = this.#lossScale?.scale ?? 1;
    if (this.#runs.length === 0 && accumulate) this.#gradients.fill(0);
    const lossScale = float32(Float32Array.of(this.#gradientScale), [1, 1]);
    const all: Run['feeds'] = { ...feeds, ...this.#weightFeeds, lossWeight: scalar(lossWeight), lossScale };
    const into: HostFeeds = {};
    for (const [name, tensor] of this.store.views(this.#gradients)) {
      if (accumulate) all[`sum.${name}`] = tensor;
      into[`gradient.${name}`] = tensor;
    }
    const outputs = await (this.#gradientProgram as Program).run(all, {
      into,
      dropoutSeed,
      ...(bindings ? { bindings } : {}),
    });
    this.#runs.push(Object.fromEntries(this.#reportedNames.map((name) => [name, outputs[name]?.data[0] as number])));
  }

  async update(learningRate: number): Promise<StepResult[]> {
    const result: StepResult = { runs: this.#runs, gradNorm: await this.gradientNorm() };
    this.#runs = [];
    if (isFiniteResult(result)) this.#move(learningRate, result.gradNorm);
    if (this.#lossScale) this.#lossScale = nextLossScale(this.#lossScale, Number.isFinite(result.gradNorm));
    return [{ ...result, ...(this.#lossScale && { lossScale: this.#lossScale }) }];
  }

  #move(learningRate: number, norm: number): void {
    const { adamw } = this.#options;
    const { store } = this;
    const clip = clipScale(norm, adamw.maxGradNorm) / this.#gradientScale;
    this.step++;
    for (const { from, to, decays, rate } of store.groups) {
      const weightDecay = decays ? adamw.weightDecay : 0;
      const numbers = adamwNumbers(adamw, this.step, learningRate * rate, weightDecay, clip);
      const part = (block: Float32Array) => block.subarray(from, to);
      const blocks = { p: part(store.values), g: part(this.#gradients), m: part(store.m), v: part(store.v) };
      this.#adamw.update(blocks, numbers);
    }
  }

  async results(): Promise<StepResult[]> {
    return [];
  }

  discard(): void {
    this.#runs = [];
  }

  get accumulates(): boolean {
    return this.#options.accumulate;
  }

  async reported(): Promise<Reported[]> {
    return this.#runs;
  }

  /** As views in single precision, else copies. */
  async gradients(): Promise<NamedTensors> {
    const scale = this.#gradientScale;
    return this.store.views(scale === 1 ? this.#gradients : this.#gradients.map((x) => x / scale));
  }

  async gradientNorm(): Promise<number> {
    return globalNorm(this.#gradients) / this.#gradientScale;
  }

  async pull(): Promise<void> {}

  async push(): Promise<void> {}

  async usePrecision(lossScale: LossScale | null): Promise<void> {
    if (!this.#gradientProgram || (lossScale === null) !== (this.#lossScale === null)) {
      await this.dispose();
      this.#gradientProgram = await this.#compile(lossScale && this.half());
    }
    this.#lossScale = lossScale;
  }

  async dispose(): Promise<void> {
    const program = this.#gradientProgram;
    this.#gradientProgram = null;
    await program?.dispose();
  }
}
