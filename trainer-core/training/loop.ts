/** The training loop, one for all objectives: micro-batches, optimiser steps, metrics, checkpoints, stopping, going on. */
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftover, removeFolder } from '../checkpoint/atomicWrite.js';
import type { JsonObject } from '../checkpoint/json.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import { createRun, openRun, type RunFolder } from '../checkpoint/runFolder.js';
import { Random } from '../corpus/random.js';
import { selectParameters } from '../models/parameters.js';
import { learningRateAt, type Schedule } from '../optim/schedule.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { Losses, Objective, RunEvent } from '../protocol/events.js';
import type { ClassificationReport } from '../protocol/report.js';
import type { RunState } from '../protocol/runState.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { type MeterState, StepMeter } from './stepMeter.js';
import type { Run, TrainStep } from './trainStep.js';

/** What a training function is told besides its config. */
export interface RunOptions {
  /** Folder of the run. */
  out: string;
  /** Go on with the run in `out`. */
  resume: boolean;
  /** Replace the run in `out`, if there is one. */
  fresh?: boolean;
  /** Aborting finishes the step at hand, saves a checkpoint and returns. */
  signal: AbortSignal;
  onEvent(event: RunEvent): void;
  /** Where the config stands, for errors; default `out`. */
  configFile?: string;
}

/** A micro-batch made ready: its losses are already means over the micro-batch. */
export interface MicroBatch {
  runs: Run[];
  /** Real tokens, padding not counted. */
  tokens: number;
}

/** What an evaluation found. */
export interface Evaluation {
  metrics: Record<string, number>;
  /** Higher is better. */
  score: number;
  report?: ClassificationReport;
}

/** What an objective adds to the loop. */
export interface Task {
  readonly objective: Objective;
  readonly step: TrainStep;
  readonly device: string;
  readonly sequences: number;
  readonly tokensPerEpoch: number;
  /** Optimiser steps of the whole run, which the schedule falls to 0 over. */
  readonly totalSteps: number;
  /** The micro-batches of an epoch, by example number; always as many, and the same for the same epoch. */
  batches(epoch: number): readonly Uint32Array[];
  /** Makes a micro-batch; all chance comes from `random`, which is the micro-batch's own. */
  microBatch(examples: Uint32Array, random: Random): Promise<MicroBatch>;
  /** Scores the model at the end of an epoch. */
  evaluate?(): Promise<Evaluation>;
  /** Writes the model folder. */
  save(folder: string): Promise<void>;
  /** Loads the weights of the best epoch, from a folder that `save` wrote. Objectives with `evaluate` have it. */
  restoreBest?(folder: string): Promise<void>;
  /** Epochs without a better score after which the run ends; null: never. */
  readonly patience?: number | null;
  /** Scores the finished model, whose best weights are loaded by then. */
  test?(): Promise<Evaluation>;
  dispose(): Promise<void>;
}

/** The settings that the loop itself reads. */
export interface LoopSettings {
  gradientAccumulationSteps: number;
  learningRate: number;
  warmupProportion: number;
  maxSteps: number | null;
  maxMinutes: number | null;
  seed: number;
  logSteps: number;
  checkpointSteps: number | null;
}

/** Checkpoints that are kept. */
const KEPT_CHECKPOINTS = 2;

/** Where a run stands; saved with each checkpoint. */
type Progress = {
  globalStep: number;
  /** Micro-batches done since the run began. */
  microSteps: number;
  /** Seconds of training in earlier processes and this one. */
  seconds: number;
  bestScore: number | null;
  epochsSinceBest: number;
  /** The step after which the model was last scored; null before that. */
  evaluatedStep: number | null;
};

/** What is saved with a checkpoint besides tensors. `unreported`: the steps since the last line of metrics. */
type SavedProgress = Progress & { unreported: MeterState };

/**
 * Runs a task to its end, to its limits, or until it is told to stop.
 * The order of batches, masks and dropout depends on the seed and the position alone, so a resumed run goes on exactly.
 * Throws `runFolderNotEmpty`, `runNotFound`, `lossNotFinite`, `tensorsMissing` and `tensorsMisshapen` for a checkpoint of another
 * model, and the errors of saving.
 */
export async function train(task: Task, config: LoopSettings & JsonLike, options: RunOptions): Promise<void> {
  const run = await openFolder(config as unknown as JsonObject, options);
  try {
    await new Loop(task, config, options, run).go();
  } finally {
    await run.close();
    await task.dispose();
  }
}

type JsonLike = object;

/** The run in a folder, or null: a model folder has a config.json too, but no state. */
async function runIn(folder: string): Promise<RunFolder | null> {
  const run = await openRun(folder).catch((error: unknown) => {
    if (hasCode(error, 'runNotFound')) return null;
    throw error;
  });
  return (await run?.readState())?.objective === undefined ? null : run;
}

/**
 * Refuses a folder that the run cannot use, before models are loaded and text is read.
 * Throws `runNotFound` for a resume without a run, `runFolderNotEmpty` for anything that would be overwritten.
 */
export async function checkFolder({ out, resume, fresh }: RunOptions): Promise<void> {
  const run = await runIn(out);
  if (resume && !run) throw new TrainerError('runNotFound', { folder: out });
  if (run && (resume || fresh)) return;
  const names = await readdir(out).catch((): string[] => []);
  if (names.some((name) => !isLeftover(name))) throw new TrainerError('runFolderNotEmpty', { folder: out });
}

async function openFolder(config: JsonObject, options: RunOptions): Promise<RunFolder> {
  const { out, resume } = options;
  await checkFolder(options);
  const run = await runIn(out);
  if (run && resume) return run;
  if (run) await removeFolder(out);
  return await createRun(out, config);
}

class Loop {
  readonly #random: Random;
  readonly #schedule: Schedule;
  readonly #limit: number;
  readonly #batchesPerEpoch: number;
  #meter = new StepMeter();
  #progress: Progress = {
    globalStep: 0,
    microSteps: 0,
    seconds: 0,
    bestScore: null,
    epochsSinceBest: 0,
    evaluatedStep: null,
  };
  #batches: { epoch: number; list: readonly Uint32Array[] };
  #lastCheckpoint: string | null = null;
  #started = performance.now();

  constructor(
    readonly task: Task,
    readonly config: LoopSettings,
    readonly options: RunOptions,
    readonly run: RunFolder,
  ) {
    const { totalSteps } = task;
    this.#random = Random.fromSeed(config.seed);
    this.#limit = Math.min(totalSteps, config.maxSteps ?? totalSteps);
    const warmupSteps = Math.ceil(this.#limit * config.warmupProportion);
    this.#schedule = { learningRate: config.learningRate, totalSteps: this.#limit, warmupSteps };
    this.#batches = { epoch: 0, list: task.batches(0) };
    this.#batchesPerEpoch = this.#batches.list.length;
  }

  async go(): Promise<void> {
    const { task } = this;
    if (this.options.resume) await this.#resume();
    await this.#writeState('running');
    await this.#emit({
      type: 'started',
      objective: task.objective,
      globalStep: this.#progress.globalStep,
      totalSteps: this.#limit,
      parameters: task.step.store.size,
      device: task.device,
      sequences: task.sequences,
      tokensPerEpoch: task.tokensPerEpoch,
    });
    try {
      if (await this.#steps()) await this.#finish();
      else await this.#stop();
    } catch (error) {
      await this.#log(`failed: ${error instanceof Error ? error.message : String(error)}`);
      await this.#writeState('failed').catch(() => {}); // The disk may be what failed; the first error is the one to tell.
      throw error;
    }
  }

  /** Trains until the end (true) or until told to stop (false). */
  async #steps(): Promise<boolean> {
    while (!this.#done()) {
      if (this.options.signal.aborted) return false;
      await this.#step();
      const { globalStep } = this.#progress;
      const endOfEpoch = this.#crossedEpoch();
      if (globalStep % this.config.logSteps === 0) await this.#report();
      if (endOfEpoch) await this.#evaluate();
      // The last steps are told too, also when the score just now was what ended the run.
      if (this.#done() && this.#meter.hasSteps) await this.#report();
      const { checkpointSteps } = this.config;
      if (checkpointSteps === null ? endOfEpoch : globalStep % checkpointSteps === 0) await this.#checkpoint();
    }
    return true;
  }

  #done(): boolean {
    const { patience } = this.task;
    const { globalStep, epochsSinceBest } = this.#progress;
    if (globalStep >= this.#limit) return true;
    if (patience !== undefined && patience !== null && epochsSinceBest >= patience) return true;
    return this.config.maxMinutes !== null && this.#seconds() >= this.config.maxMinutes * 60;
  }

  async #step(): Promise<void> {
    const { step } = this.task;
    const { gradientAccumulationSteps } = this.config;
    const losses: Losses = { total: 0 };
    let tokens = 0;
    for (let i = 0; i < gradientAccumulationSteps; i++) {
      const { microSteps } = this.#progress;
      const random = this.#random.fork('micro-batch', microSteps);
      const micro = await this.task.microBatch(this.#examples(microSteps), random);
      const dropout = random.fork('dropout');
      for (const run of micro.runs) {
        const found = await step.accumulate(run, 1 / gradientAccumulationSteps, dropout.uint32());
        for (const [name, loss] of Object.entries(found) as [keyof Losses, number][]) {
          losses[name] = (losses[name] ?? 0) + loss / gradientAccumulationSteps;
        }
      }
      tokens += micro.tokens;
      this.#progress.microSteps++;
    }
    const gradNorm = step.gradientNorm();
    const { globalStep } = this.#progress;
    // Checked before the weights move: the last checkpoint and the weights in memory are both still good.
    if (!Number.isFinite(losses.total) || !Number.isFinite(gradNorm)) {
      throw new TrainerError('lossNotFinite', { globalStep: globalStep + 1, checkpoint: this.#lastCheckpoint });
    }
    const learningRate = learningRateAt(this.#schedule, this.#scheduleStep());
    await step.update(learningRate, gradNorm);
    this.#progress.globalStep++;
    this.#meter.add({ losses, tokens, learningRate, gradNorm });
  }

  /** Where the schedule stands: the step, or further on when time runs out sooner than steps do. */
  #scheduleStep(): number {
    const { maxMinutes } = this.config;
    const { globalStep } = this.#progress;
    if (maxMinutes === null) return globalStep;
    return Math.max(globalStep, Math.floor((this.#limit * this.#seconds()) / (maxMinutes * 60)));
  }

  #examples(microStep: number): Uint32Array {
    const epoch = Math.floor(microStep / this.#batchesPerEpoch);
    if (epoch !== this.#batches.epoch) this.#batches = { epoch, list: this.task.batches(epoch) };
    return this.#batches.list[microStep % this.#batchesPerEpoch] as Uint32Array;
  }

  /** True when the step just done took in the last micro-batch of an epoch. */
  #crossedEpoch(): boolean {
    const { microSteps } = this.#progress;
    const before = microSteps - this.config.gradientAccumulationSteps;
    return Math.floor(microSteps / this.#batchesPerEpoch) > Math.floor(before / this.#batchesPerEpoch);
  }

  get #epoch(): number {
    return this.#progress.microSteps / this.#batchesPerEpoch;
  }

  async #report(): Promise<void> {
    const { globalStep } = this.#progress;
    const { maxMinutes } = this.config;
    const means = this.#meter.take();
    const left = (this.#limit - globalStep) * means.secondsPerStep;
    const timeLeft = maxMinutes === null ? left : Math.min(left, maxMinutes * 60 - this.#seconds());
    await this.#emit({
      type: 'step',
      globalStep,
      totalSteps: this.#limit,
      epoch: this.#epoch,
      losses: means.losses,
      learningRate: means.learningRate,
      gradNorm: means.gradNorm,
      tokensPerSecond: means.tokensPerSecond,
      secondsLeft: Math.max(0, timeLeft),
    });
  }

  async #evaluate(): Promise<void> {
    const { task, run } = this;
    if (!task.evaluate) return;
    this.#checkWeights();
    const evaluation = await task.evaluate();
    const best = this.#progress.bestScore === null || evaluation.score > this.#progress.bestScore;
    this.#progress.epochsSinceBest = best ? 0 : this.#progress.epochsSinceBest + 1;
    this.#progress.evaluatedStep = this.#progress.globalStep;
    if (best) {
      this.#progress.bestScore = evaluation.score;
      await task.save(run.bestFolder);
    }
    await this.#emit(this.#evaluated('dev', evaluation, best));
  }

  #evaluated(split: 'dev' | 'test', { metrics, report }: Evaluation, best: boolean): RunEvent {
    const { globalStep } = this.#progress;
    return { type: 'evaluated', globalStep, epoch: this.#epoch, split, metrics, best, ...(report ? { report } : {}) };
  }

  async #finish(): Promise<void> {
    const { task, run } = this;
    const { globalStep, evaluatedStep } = this.#progress;
    // A run that ends within an epoch has not been scored since the epoch before.
    if (task.evaluate && evaluatedStep !== globalStep) await this.#evaluate();
    if (this.#lastCheckpoint === null || !this.#lastCheckpoint.endsWith(stepName(globalStep))) await this.#checkpoint();
    await task.restoreBest?.(run.bestFolder);
    const test = task.test ? await task.test() : null;
    if (test) await this.#emit(this.#evaluated('test', test, false));
    await task.save(run.finalFolder);
    await this.#writeState('finished');
    await this.#emit({ type: 'finished', globalStep, folder: run.finalFolder, metrics: test?.metrics ?? {} });
  }

  async #stop(): Promise<void> {
    const { globalStep } = this.#progress;
    if (globalStep > 0) await this.#checkpoint();
    await this.#writeState('stopped');
    await this.#emit({ type: 'stopped', globalStep, folder: this.run.folder });
  }

  /** Nothing is saved over what is still good. */
  #checkWeights(): void {
    if (this.task.step.store.isFinite) return;
    const { globalStep } = this.#progress;
    throw new TrainerError('lossNotFinite', { globalStep, checkpoint: this.#lastCheckpoint });
  }

  async #checkpoint(): Promise<void> {
    const { store } = this.task.step;
    const { globalStep } = this.#progress;
    this.#checkWeights();
    const optimizer: NamedTensors = new Map();
    for (const [name, tensor] of store.views(store.m)) optimizer.set(`m.${name}`, tensor);
    for (const [name, tensor] of store.views(store.v)) optimizer.set(`v.${name}`, tensor);
    const state: SavedProgress = { ...this.#progress, seconds: this.#seconds(), unreported: this.#meter.state };
    this.#lastCheckpoint = await this.run.saveCheckpoint(globalStep, {
      model: store.views(store.values),
      optimizer,
      state,
    });
    await this.run.pruneCheckpoints(KEPT_CHECKPOINTS);
    await this.#emit({ type: 'checkpoint', folder: this.#lastCheckpoint, globalStep });
  }

  async #resume(): Promise<void> {
    const { store } = this.task.step;
    const skipped: RunEvent[] = [];
    const checkpoint = await this.run.loadLastCheckpoint(({ folder }, reason) => {
      skipped.push({ type: 'checkpointSkipped', folder, reason });
    });
    if (checkpoint) {
      const moments = (prefix: string): NamedTensors =>
        new Map(
          [...checkpoint.optimizer]
            .filter(([name]) => name.startsWith(prefix))
            .map(([name, t]) => [name.slice(prefix.length), t]),
        );
      // Settings given anew may have made another model than the run's.
      const fitting = (tensors: NamedTensors) => selectParameters(store.shapes, tensors, checkpoint.folder);
      store.load(fitting(checkpoint.model));
      store.load(fitting(moments('m.')), store.m);
      store.load(fitting(moments('v.')), store.v);
      const { unreported, ...progress } = checkpoint.state as SavedProgress;
      this.#progress = progress;
      this.#meter = new StepMeter(unreported);
      this.#lastCheckpoint = checkpoint.folder;
      this.task.step.step = checkpoint.step;
    }
    await this.run.resumeFrom(this.#progress.globalStep);
    for (const event of skipped) await this.#emit(event);
    this.#started = performance.now();
  }

  /** Seconds of training so far, in all processes. */
  #seconds(): number {
    return this.#progress.seconds + (performance.now() - this.#started) / 1000;
  }

  async #writeState(status: RunState['status']): Promise<void> {
    await this.run.writeState({ objective: this.task.objective, status, pid: process.pid } satisfies RunState);
  }

  async #emit(event: RunEvent): Promise<void> {
    const record = { globalStep: this.#progress.globalStep, time: Date.now(), ...event };
    await this.run.appendMetrics(record as unknown as MetricsRecord);
    if (event.type !== 'step') await this.#log(`${event.type} at step ${record.globalStep}`);
    this.options.onEvent(event);
  }

  async #log(line: string): Promise<void> {
    await appendFile(this.run.logFile, `${new Date().toISOString()} ${line}\n`).catch(() => {}); // A log line is not worth a run.
  }
}

function stepName(step: number): string {
  return join('checkpoints', `step-${String(step).padStart(6, '0')}`);
}
