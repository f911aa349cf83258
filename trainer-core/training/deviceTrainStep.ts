/**
 * The optimiser step whose weights, gradients and moments stay on the device. Nothing is read back but scalars, and those of several
 * steps at once: a device that is asked for a number has to finish all work first, and then waits for more.
 */
import type { Graph } from '../graph/graph.js';
import { adamwNumbers } from '../optim/adamw.js';
import { type LossScale, nextLossScale } from '../optim/lossScale.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { DeviceMemory } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import type { DeviceTensor } from '../runtime/deviceTensor.js';
import { float16Lowering } from '../runtime/float16.js';
import { float32, type HostTensor, scalar } from '../runtime/hostTensor.js';
import { madeWhole } from '../runtime/madeWhole.js';
import type { Lowering } from '../runtime/onnxEncoder.js';
import { type CompileOptions, Program } from '../runtime/program.js';
import { appendGraph, DeviceLog } from './deviceLog.js';
import { DeviceLossScale } from './deviceLossScale.js';
import {
  adamwGraph,
  gradientName,
  INFINITE_NORM,
  normGraph,
  scaledNormGraph,
  shardedGradients,
  shardName,
  sumGraph,
} from './deviceStepGraphs.js';
import { gradientGraph } from './gradientGraph.js';
import { ParameterStore } from './parameterStore.js';
import { reportedRuns } from './reportedRuns.js';
import { type Shard, shardsOf, shardTensor } from './shards.js';
import type { Reported, Run, StepResult, TrainStep, TrainStepOptions } from './trainStep.js';

/** A device is asked for results after so many steps, or so long after it was asked last. */
const ASK_AFTER = { steps: 4, milliseconds: 250 };

/** A shard's tensors. */
interface ShardState {
  shard: Shard;
  p: DeviceTensor;
  m: DeviceTensor;
  v: DeviceTensor;
  /** Of the step at hand or, with `keepGradients`, of the last one. */
  gradients: DeviceTensor | null;
}

/** What differs between the precisions. */
interface Programs {
  gradients: Program;
  norm: Program;
  adamw: Program;
}

export class DeviceTrainStep implements TrainStep {
  step = 0;
  /** How half precision is spelled. */
  half: () => Lowering = float16Lowering;
  /** What the runs of the step at hand report. */
  readonly #runLog: DeviceLog;
  #runCount = 0;
  /** Of each step whose results are still on the device: how many runs it has. */
  #pending: number[] = [];
  /** Their reported scalars, run by run, and the norm of each. */
  readonly #log: DeviceLog;
  #askedAt = performance.now();
  /** True when the device's weights are newer than the store's. */
  #moved = false;
  lossScale: LossScale | null = null;
  /** In half precision `lossScale` as the device has it, which knows of more steps. */
  #scaling: DeviceLossScale | null = null;

  private constructor(
    readonly store: ParameterStore,
    private readonly options: Pick<TrainStepOptions, 'accumulate' | 'adamw' | 'keepGradients'>,
    private readonly reportedNames: readonly string[],
    private readonly compile: (lowering: Lowering | null) => Promise<Programs>,
    /** Null where the precision that was asked for last could not be compiled. */
    private programs: Programs | null,
    private readonly sum: Program,
    private readonly append: Program,
    private readonly memory: DeviceMemory,
    private readonly shards: readonly ShardState[],
    private readonly fixed: Readonly<Record<string, DeviceTensor>>,
    private alive: DeviceTensor,
  ) {
    this.#runLog = new DeviceLog(memory, append);
    this.#log = new DeviceLog(memory, append);
  }

  /** @param largestTensor bytes that no tensor is larger than; default: what the device takes. */
  static async create(options: TrainStepOptions, device: Device, largestTensor?: number): Promise<DeviceTrainStep> {
    const { graph, accumulate, adamw, keepGradients = false, fixed = new Map() } = options;
    const store = new ParameterStore(options.weights, options.rateOf);
    const shards = shardsOf(store, largestTensor);
    const reported = Object.keys(options.reported);
    gradientGraph(options, store.names, false, true);
    const sharded = shardedGradients(graph, shards, reported);
    const common = { device, planMemory: false, ...(largestTensor !== undefined && { largestTensor }) };
    const keepingAll = (g: Graph, more: CompileOptions = {}) =>
      Program.compile(g, { ...common, keep: [...g.outputs.keys()], ...more });
    const compile = (lowering: Lowering | null) =>
      madeWhole(
        async (own): Promise<Programs> => ({
          gradients: own(await keepingAll(sharded, lowering ? { lowering } : {})),
          norm: own(await keepingAll(lowering ? scaledNormGraph(shards, adamw) : normGraph(shards))),
          adamw: own(await keepingAll(adamwGraph(lowering !== null), { inPlace: true })),
        }),
      );
    return await madeWhole(async (own) => {
      const programs = await compile(null);
      for (const program of Object.values(programs)) own(program);
      const sum = own(await keepingAll(sumGraph()));
      const append = own(await keepingAll(appendGraph()));
      const memory = own(new DeviceMemory(device, largestTensor));
      const upload = async (tensor: HostTensor) => own(await memory.upload(tensor));
      const states: ShardState[] = [];
      for (const shard of shards) {
        const part = (block: Float32Array) => upload(shardTensor(shard, block));
        const [p, m, v] = [await part(store.values), await part(store.m), await part(store.v)];
        states.push({ shard, p, m, v, gradients: null });
      }
      const fixedTensors: Record<string, DeviceTensor> = {};
      for (const [name, tensor] of fixed) {
        if (programs.gradients.feedNames.includes(name)) fixedTensors[name] = await upload(tensor);
      }
      const alive = await upload(float32(Float32Array.of(1), [1, 1]));
      return new DeviceTrainStep(
        store,
        { accumulate, adamw, keepGradients },
        reported,
        compile,
        programs,
        sum,
        append,
        memory,
        states,
        fixedTensors,
        alive,
      );
    });
  }

  get accumulates(): boolean {
    return this.options.accumulate;
  }

  async accumulate({ feeds, bindings }: Run, lossWeight: number, dropoutSeed: number): Promise<void> {
    if (this.#runCount > 0 && !this.accumulates) throw new Error('this step was not made to accumulate');
    if (this.#runCount === 0) {
      this.#freeGradients();
      this.#scaling?.begin();
    }
    const lossScale = this.#scaling?.ofGradients ?? float32(Float32Array.of(1), [1, 1]);
    const weights = Object.fromEntries(this.shards.map(({ p }, k) => [shardName(k), p]));
    const { kept } = await (this.programs as Programs).gradients.runKeeping(
      { ...feeds, ...this.fixed, ...weights, lossWeight: scalar(lossWeight), lossScale },
      { dropoutSeed, ...(bindings ? { bindings } : {}) },
    );
    try {
      for (const [k, state] of this.shards.entries()) await this.#add(state, kept[gradientName(k)] as DeviceTensor);
    } catch (error) {
      // The step may be done again in smaller runs, which want the memory.
      const taken = new Set(this.shards.map(({ gradients }) => gradients));
      for (const tensor of Object.values(kept)) if (!taken.has(tensor)) tensor.dispose();
      throw error;
    }
    if (kept.reported) await this.#runLog.add(kept.reported);
    this.#runCount++;
  }

  /** Adds a run's gradient to that of the step, or begins the step with it. */
  async #add(state: ShardState, found: DeviceTensor): Promise<void> {
    const before = state.gradients;
    if (!before) {
      state.gradients = found;
      return;
    }
    const { total } = (await this.sum.runKeeping({ sum: before, x: found })).kept;
    state.gradients = total as DeviceTensor;
    found.dispose();
    before.dispose();
  }

  #freeGradients(): void {
    for (const state of this.shards) {
      state.gradients?.dispose();
      state.gradients = null;
    }
  }

  async update(learningRate: number): Promise<StepResult[]> {
    const { adamw } = this.options;
    const { norm, clip, factors } = await this.#norm();
    // How many steps have moved weights, the device alone knows in half precision: it corrects numbers of a step without end.
    if (!this.lossScale) this.step++;
    const adamStep = this.lossScale ? Number.POSITIVE_INFINITY : this.step;
    try {
      for (const state of this.shards) {
        const { shard, p, m, v, gradients } = state;
        const weightDecay = shard.decays ? adamw.weightDecay : 0;
        const numbers = adamwNumbers(adamw, adamStep, learningRate * shard.rate, weightDecay, 1);
        await (this.programs as Programs).adamw.runKeeping(
          {
            ...Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, scalar(x)])),
            ...factors,
            ...{ p, m, v, g: gradients as DeviceTensor, clip, alive: this.alive },
          },
          { reuse: { newP: p, newM: m, newV: v } },
        );
      }
      await this.#log.addLog(this.#runLog);
      await this.#log.add(norm);
    } catch (error) {
      norm.dispose();
      throw error;
    } finally {
      for (const tensor of [clip, ...Object.values(factors)]) tensor.dispose();
    }
    if (!this.options.keepGradients) this.#freeGradients();
    this.#pending.push(this.#runCount);
    this.#runCount = 0;
    this.#moved = true;
    const due = this.#pending.length >= ASK_AFTER.steps || performance.now() - this.#askedAt > ASK_AFTER.milliseconds;
    return due ? await this.results() : [];
  }

  async results(): Promise<StepResult[]> {
    const numbers = await this.#log.read();
    this.#log.clear();
    let at = 0;
    const results = this.#pending.map((count) => {
      const runs = reportedRuns(this.reportedNames, numbers.subarray(at), count);
      at += count * this.reportedNames.length;
      return this.#judged({ runs, gradNorm: numbers[at++] as number });
    });
    this.#pending = [];
    this.#askedAt = performance.now();
    return results;
  }

  /** What the device made of the step; in half precision worked out once more. */
  #judged({ runs, gradNorm }: StepResult): StepResult {
    const good = gradNorm < INFINITE_NORM;
    const result = { runs, gradNorm: good ? gradNorm : Number.POSITIVE_INFINITY };
    if (!this.lossScale) return result;
    if (good) this.step++;
    this.lossScale = nextLossScale(this.lossScale, good);
    return { ...result, lossScale: this.lossScale };
  }

  discard(): void {
    this.#runLog.clear();
    this.#runCount = 0;
    this.#freeGradients();
  }

  async reported(): Promise<Reported[]> {
    return reportedRuns(this.reportedNames, await this.#runLog.read(), this.#runCount);
  }

  async gradients(): Promise<NamedTensors> {
    const block = new Float32Array(this.store.size);
    for (const { shard, gradients } of this.shards) {
      if (!gradients) throw new Error('this step was not made to keep gradients');
      await this.#download(shard, gradients, block);
    }
    const ofGradients = this.#scaling?.ofGradients;
    const scale = ofGradients ? await this.#scalar(ofGradients) : 1;
    return this.store.views(scale === 1 ? block : block.map((x) => x / scale));
  }

  async gradientNorm(): Promise<number> {
    const { norm, clip, factors } = await this.#norm(false);
    try {
      const x = await this.#scalar(norm);
      return x < INFINITE_NORM ? x : Number.POSITIVE_INFINITY;
    } finally {
      for (const tensor of [norm, clip, ...Object.values(factors)]) tensor.dispose();
    }
  }

  async pull(): Promise<void> {
    if (!this.#moved) return;
    for (const { shard, p, m, v } of this.shards) {
      await this.#download(shard, p, this.store.values);
      await this.#download(shard, m, this.store.m);
      await this.#download(shard, v, this.store.v);
    }
    this.#moved = false;
  }

  async push(): Promise<void> {
    for (const state of this.shards) {
      for (const [name, block] of [
        ['p', this.store.values],
        ['m', this.store.m],
        ['v', this.store.v],
      ] as const) {
        state[name].dispose();
        state[name] = await this.memory.upload(shardTensor(state.shard, block));
      }
    }
    this.#moved = false;
    await this.#renewScaling();
  }

  async usePrecision(lossScale: LossScale | null): Promise<void> {
    if (!this.programs || (lossScale === null) !== (this.lossScale === null)) {
      await this.#letGo();
      await this.#disposeOfPrograms();
      this.programs = await this.compile(lossScale && this.half());
    }
    this.lossScale = lossScale;
    await this.#renewScaling();
  }

  /** Frees or copies what this precision's programs have made: a tensor must not outlive the session that it came from. */
  async #letGo(): Promise<void> {
    this.discard();
    this.#freeScaling();
    const { alive } = this;
    this.alive = await this.memory.upload(await this.memory.read(alive));
    alive.dispose();
  }

  async #disposeOfPrograms(): Promise<void> {
    const { programs } = this;
    this.programs = null;
    for (const program of Object.values(programs ?? {})) await program.dispose();
  }

  async dispose(): Promise<void> {
    this.discard();
    for (const { p, m, v } of this.shards) for (const tensor of [p, m, v]) tensor.dispose();
    for (const tensor of [...Object.values(this.fixed), this.alive]) tensor.dispose();
    this.#freeScaling();
    this.#log.clear();
    await this.#disposeOfPrograms();
    for (const program of [this.sum, this.append]) await program.dispose();
    await this.memory.dispose();
  }

  #freeScaling(): void {
    this.#scaling?.dispose();
    this.#scaling = null;
  }

  async #renewScaling(): Promise<void> {
    this.#freeScaling();
    this.#scaling = this.lossScale && (await DeviceLossScale.create(this.memory, this.lossScale, this.step));
  }

  /**
   * The norm of the gradients summed up, and what AdamW makes of it. @param counts whether the step is judged by it: one that is not
   * finite ends all moves or, in half precision, its own.
   */
  async #norm(
    counts = true,
  ): Promise<{ norm: DeviceTensor; clip: DeviceTensor; factors: Record<string, DeviceTensor> }> {
    const gradients = Object.fromEntries(
      this.shards.map((state, k) => [gradientName(k), state.gradients as DeviceTensor]),
    );
    const { maxGradNorm } = this.options.adamw;
    const { kept } = await (this.programs as Programs).norm.runKeeping({
      ...gradients,
      reported: this.#runLog.numbers ?? float32(new Float32Array(1), [1]),
      maxNorm: scalar(maxGradNorm),
      alive: this.alive,
      ...this.#scaling?.feeds,
    });
    const { norm, clip, nowAlive, ...rest } = kept as Record<'norm' | 'clip' | 'nowAlive', DeviceTensor>;
    const { stepFactor, epsilonFactor, ...scaling } = rest as Record<string, DeviceTensor>;
    if (counts) {
      this.alive.dispose();
      this.alive = nowAlive;
      this.#scaling?.advance(scaling);
    } else for (const tensor of [nowAlive, ...Object.values(scaling)]) tensor.dispose();
    return { norm, clip, factors: stepFactor && epsilonFactor ? { stepFactor, epsilonFactor } : {} };
  }

  async #scalar(tensor: DeviceTensor): Promise<number> {
    return (await this.memory.read(tensor)).data[0] as number;
  }

  async #download({ from, to }: Shard, tensor: DeviceTensor, block: Float32Array): Promise<void> {
    const { data } = await this.memory.read(tensor);
    block.set((data as Float32Array).subarray(0, to - from), from);
  }
}
