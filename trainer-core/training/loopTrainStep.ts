/**
 * Training steps for devices whose tensors cannot stay there between runs of the engine, as CUDA's in onnxruntime's Node binding: steps
 * are put off until there are several, and then done in one run (`runtime/loopProgram.ts`), so that weights and moments go to the device
 * and back once for all of them.
 */
import { adamwNumbers } from '../optim/adamw.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import { type HostTensor, scalar } from '../runtime/hostTensor.js';
import type { StateBlock } from '../runtime/loopGraph.js';
import { LoopProgram, type LoopRun, type LoopStep } from '../runtime/loopProgram.js';
import { gradientGraph } from './gradientGraph.js';
import { ParameterStore } from './parameterStore.js';
import { reportedRuns } from './reportedRuns.js';
import {
  isFiniteResult,
  type Reported,
  type Run,
  type StepResult,
  type TrainStep,
  type TrainStepOptions,
} from './trainStep.js';

/**
 * How long the engine should be at work at a time: so much longer than it takes to carry the state there and back that this hardly
 * counts, and no longer than a user waits for an answer, which nobody gives meanwhile.
 */
const SECONDS_PER_RUN = 4;
/** What steps that are put off may hold in memory; a larger one is done by itself. */
const MOST_BYTES = 256 * 2 ** 20;

export class LoopTrainStep implements TrainStep {
  step = 0;
  readonly #state: Readonly<Record<StateBlock, NamedTensors>>;
  /** Runs of the step at hand, and steps that are put off. */
  #runs: LoopRun[] = [];
  #steps: LoopStep[] = [];
  #bytes = 0;
  /** Steps to put off before they are done. It grows from 1 as they turn out to be quick. */
  #stepsPerRun = 1;
  /** The largest run so far, by what it is fed. */
  #largestBytes = 0;
  #results: StepResult[] = [];
  /** Of the last step; null without `keepGradients`. */
  readonly #gradients: NamedTensors | null;

  private constructor(
    readonly store: ParameterStore,
    private readonly program: LoopProgram,
    private readonly options: Pick<TrainStepOptions, 'accumulate' | 'adamw'>,
    private readonly reportedNames: readonly string[],
    keepGradients: boolean,
  ) {
    this.#state = { p: store.views(store.values), m: store.views(store.m), v: store.views(store.v) };
    this.#gradients = keepGradients ? store.views(new Float32Array(store.size)) : null;
  }

  static async create(options: TrainStepOptions, device: Device): Promise<LoopTrainStep> {
    const { graph, adamw, accumulate, fixed = new Map(), keepGradients = false } = options;
    const store = new ParameterStore(options.weights, options.rateOf);
    gradientGraph(options, store.names, true);
    const reported = Object.keys(options.reported);
    const spec = { weights: groupedWeights(store), reported, ...adamw, keepGradients };
    const constants = new Map([...fixed].map(([name, { data }]) => [name, data]));
    const program = await LoopProgram.compile(graph, spec, constants, { device, planMemory: false });
    return new LoopTrainStep(store, program, { accumulate, adamw }, reported, keepGradients);
  }

  /**
   * Puts the run off; its feeds must not be written over before the step's result is known. One that is larger than all before is
   * tried first, so that it is here that memory runs out, where the step can still be cut into smaller runs.
   */
  async accumulate({ feeds, bindings }: Run, lossWeight: number, dropoutSeed: number): Promise<void> {
    if (this.#runs.length > 0 && !this.accumulates) throw new Error('this step was not made to accumulate');
    // None of them lies on the device: nothing stays there.
    const own = { ...(feeds as Record<string, HostTensor>), lossWeight: scalar(lossWeight) };
    const run = { feeds: own, dropoutSeed, ...(bindings && { bindings }) };
    const bytes = bytesOf(run);
    if (bytes > this.#largestBytes) {
      await this.program.run(this.#state, [this.#still([run])], { moves: false });
      this.#largestBytes = bytes;
    }
    this.#runs.push(run);
  }

  async update(learningRate: number): Promise<StepResult[]> {
    const { adamw } = this.options;
    const step = this.step + this.#steps.length + 1;
    // Clipping is the loop's.
    const groups = this.store.groups.map(({ decays, rate }) =>
      adamwNumbers(adamw, step, learningRate * rate, decays ? adamw.weightDecay : 0, 1),
    );
    const epsilon = groups[0]?.epsilon ?? adamw.epsilon;
    this.#steps.push({
      runs: this.#runs,
      numbers: [epsilon, ...groups.flatMap(({ stepSize, keep }) => [stepSize, keep])],
    });
    for (const run of this.#runs) this.#bytes += bytesOf(run);
    this.#runs = [];
    if (this.#steps.length >= this.#stepsPerRun || this.#bytes >= MOST_BYTES) await this.#go();
    return this.#take();
  }

  async results(): Promise<StepResult[]> {
    await this.#go();
    return this.#take();
  }

  discard(): void {
    this.#runs = [];
  }

  get accumulates(): boolean {
    return this.options.accumulate;
  }

  async reported(): Promise<Reported[]> {
    const { reported } = await this.#ahead();
    return reportedRuns(this.reportedNames, reported, reported.length / this.reportedNames.length);
  }

  /** Of the step at hand when it has begun, otherwise of the last one. Without `keepGradients` an Error. */
  async gradients(): Promise<NamedTensors> {
    if (!this.#gradients) throw new Error('this step was not made to keep gradients');
    if (this.#runs.length > 0) await this.#ahead();
    else await this.#go();
    return this.#gradients;
  }

  async gradientNorm(): Promise<number> {
    return (await this.#ahead()).norms[0] as number;
  }

  async pull(): Promise<void> {
    await this.#go();
  }

  /** The next run takes the state from the store, as every one does. */
  async push(): Promise<void> {}

  async dispose(): Promise<void> {
    await this.program.dispose();
  }

  /** Does the steps that are put off. When it throws they are forgotten, and the store is as it was before them. */
  async #go(): Promise<void> {
    const steps = this.#steps;
    this.#steps = [];
    this.#bytes = 0;
    if (steps.length === 0) return;
    const started = performance.now();
    const { norms, reported } = await this.program.run(this.#state, steps, this.#into);
    const inTime = (steps.length * SECONDS_PER_RUN * 1000) / (performance.now() - started);
    this.#stepsPerRun = Math.max(1, Math.min(2 * this.#stepsPerRun, Math.floor(inTime)));
    const runs = reportedRuns(this.reportedNames, reported, reported.length / this.reportedNames.length);
    let at = 0;
    // Where a step was not finite there are fewer norms than steps; it and those after it moved nothing.
    norms.forEach((gradNorm, i) => {
      const { length } = (steps[i] as LoopStep).runs;
      this.#results.push({ runs: runs.slice(at, at + length), gradNorm });
      at += length;
    });
    this.step += norms.length - (this.#results.every(isFiniteResult) ? 0 : 1);
  }

  /** Works out the step at hand without moving anything. */
  async #ahead() {
    await this.#go();
    return await this.program.run(this.#state, [this.#still(this.#runs)], { moves: false, ...this.#into });
  }

  /** A step that is not going to move anything. */
  #still(runs: readonly LoopRun[]): LoopStep {
    return { runs, numbers: new Array<number>(1 + 2 * this.store.groups.length).fill(0) };
  }

  get #into(): { gradients?: NamedTensors } {
    return this.#gradients ? { gradients: this.#gradients } : {};
  }

  #take(): StepResult[] {
    const results = this.#results;
    this.#results = [];
    return results;
  }
}

function bytesOf({ feeds }: LoopRun): number {
  return Object.values(feeds).reduce((bytes, { data }) => bytes + data.byteLength, 0);
}

/** The store's weights, each with the number of its group. */
function groupedWeights(store: ParameterStore) {
  return store.slots.map(({ name, dims, offset }) => ({
    name,
    dims,
    group: store.groups.findIndex(({ from, to }) => from <= offset && offset < to),
  }));
}
