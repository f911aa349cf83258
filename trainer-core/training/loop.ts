/** The training loop, one for all objectives: micro-batches, optimiser steps, metrics, checkpoints, stopping, going on. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../checkpoint/json.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import type { RunFolder } from '../checkpoint/runFolder.js';
import { Random } from '../corpus/random.js';
import { addModelCard } from '../hub/modelCard.js';
import { BACKOFF, LOW_SCALE, LOWEST_SCALE, type LossScale } from '../optim/lossScale.js';
import { learningRateAt, type Schedule } from '../optim/schedule.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { RunEvent } from '../protocol/events.js';
import type { RunState } from '../protocol/runState.js';
import { type DeviceUsageSampler, sampleUsage } from '../runtime/deviceUsage.js';
import { loggedReport } from '../scores/evaluationReport.js';
import { type ControlServer, openControlServer } from '../service/controlServer.js';
import type { Moment } from '../tensorboard/eventRecords.js';
import { CheckpointRequests, type SavedCheckpoint } from './checkpointRequests.js';
import { checkpointTensors, loadCheckpointTensors } from './checkpointTensors.js';
import { beginPrecision, choosePrecision, TRIAL_MICRO_BATCHES, trialWork } from './choosePrecision.js';
import { EventLog } from './eventLog.js';
import { MicroBatchOrder } from './microBatchOrder.js';
import { tensorScalars } from './parameterScalars.js';
import { meanLosses, type Part, type Progress, type SavedProgress, type StepAtHand } from './progress.js';
import { openFolder, type RunOptions, trainerOf } from './runStart.js';
import { StepMeter } from './stepMeter.js';
import type { Evaluation, LoopSettings, MicroBatch, Task } from './task.js';
import { isFiniteResult, isSkipped, type StepResult } from './trainStep.js';
import { withinMemory } from './withinMemory.js';

/**
 * Runs a task to its end, to its limits, or until it is told to stop; meanwhile it answers at the run's socket.
 * The order of batches, masks and dropout depends on the seed and the position alone, so a resumed run goes on exactly.
 * Throws `runFolderNotEmpty`, `runNotFound`, `runBusy`, `lossNotFinite`, `tensorsMissing` and `tensorsMisshapen` for a checkpoint
 * of another model, and the errors of saving.
 */
export async function train(task: Task, config: LoopSettings & JsonLike, options: RunOptions): Promise<void> {
  let run: RunFolder | null = null;
  let control: ControlServer | null = null;
  try {
    run = await openFolder(config as unknown as JsonObject, stateOf(task, 'running'), options);
    const loop = new Loop(task, config, options, run);
    control = await openControlServer(run.folder, loop).catch((error) => unreachable(error, options.out));
    await loop.go(control?.address).finally(() => loop.refuseRequests());
  } finally {
    await control?.close();
    await run?.close();
    await task.dispose();
  }
}

type JsonLike = object;

/** A run that nobody can speak to is still a run, unless that is because another process has it. */
async function unreachable(error: unknown, folder: string): Promise<null> {
  if (hasCode(error, 'runBusy')) throw new TrainerError('runBusy', { folder, pid: await trainerOf(folder) });
  return null;
}

function stateOf(task: Task, status: RunState['status']): RunState {
  const { name, description } = task.device;
  const { objective, corpus } = task;
  return { objective, status, pid: process.pid, device: { name, description }, ...(corpus ? { corpus } : {}) };
}

class Loop {
  readonly #order: MicroBatchOrder;
  readonly #schedule: Schedule;
  readonly #limit: number;
  #meter = new StepMeter();
  /** Steps whose results are not known yet, in order. */
  #unsettled: StepAtHand[] = [];
  #progress: Progress = {
    globalStep: 0,
    microSteps: 0,
    seconds: 0,
    epochLoss: 0,
    bestScore: null,
    scoringsSinceBest: 0,
    evaluatedStep: null,
  };
  #lastCheckpoint: string | null = null;
  /** Mean total loss of the last whole epoch. */
  #lastEpochLoss = 0;
  #eventLog: EventLog | null = null;
  #usage: DeviceUsageSampler | undefined;
  #started = performance.now();
  #address: string | undefined;
  #stopping = false;
  readonly #checkpointRequests = new CheckpointRequests();

  constructor(
    readonly task: Task,
    readonly config: LoopSettings,
    readonly options: RunOptions,
    readonly run: RunFolder,
  ) {
    const { totalSteps } = task;
    this.#order = new MicroBatchOrder((epoch) => task.batches(epoch), Random.fromSeed(config.seed));
    this.#limit = Math.min(totalSteps, config.maxSteps ?? totalSteps);
    const warmupSteps = Math.ceil(this.#limit * config.warmupProportion);
    this.#schedule = { learningRate: config.learningRate, totalSteps: this.#limit, warmupSteps };
  }

  /** Ends the run after the step at hand. */
  readonly stop = (): null => {
    this.#stopping = true;
    return null;
  };

  /** Saves after the step at hand, and resolves then. */
  readonly saveCheckpoint = (): Promise<SavedCheckpoint> => this.#checkpointRequests.add();

  /** Nothing will be saved any more. */
  refuseRequests(): void {
    this.#checkpointRequests.refuse();
  }

  /** @param address where others can ask something of this run. */
  async go(address: string | undefined): Promise<void> {
    const { task } = this;
    this.#address = address;
    if (this.options.resume) await this.#resume();
    await this.#writeState('running');
    if (this.config.tensorboard !== 'off') {
      this.#eventLog = await EventLog.begin(this.run, this.config, this.#now());
    }
    await this.#emit({
      type: 'started',
      objective: task.objective,
      globalStep: this.#progress.globalStep,
      totalSteps: this.#limit,
      parameters: task.step.store.size,
      device: task.device.name,
      sequences: task.sequences,
      tokensPerEpoch: task.tokensPerEpoch,
    });
    this.#usage = sampleUsage(task.device);
    try {
      await this.#beginPrecision();
      if (await this.#steps()) await this.#finish();
      else await this.#stop();
    } catch (error) {
      await this.#log(`failed: ${error instanceof Error ? error.message : String(error)}`);
      await this.#writeState('failed', error).catch(() => {}); // The disk may be what failed; the first error is the one to tell.
      throw error;
    } finally {
      this.#usage?.stop();
    }
  }

  async #beginPrecision(): Promise<void> {
    const { step } = this.task;
    const { precision } = this.#progress;
    const { state } = this.#meter;
    const choice = await beginPrecision(this.task, precision, () => {
      const next = this.#order.from(this.#progress.microSteps, TRIAL_MICRO_BATCHES).next().value as MicroBatch[];
      const work = trialWork(this.task, next, 1 / this.config.gradientAccumulationSteps);
      return this.#withinMemory(() => choosePrecision(step, work));
    });
    if (!choice) return;
    this.#progress.precision = choice;
    await this.#writeState('running');
    if (choice === precision) return;
    // What the trial took is no time of the first step's.
    this.#meter = new StepMeter(state);
    await this.#emit({ type: 'precision', globalStep: this.#progress.globalStep, ...choice });
    if (choice.failure !== undefined) await this.#log(`half precision fails: ${choice.failure}`);
  }

  /** Trains until the end (true) or until told to stop (false). */
  async #steps(): Promise<boolean> {
    if (this.#progress.globalStep > 0) await this.#evaluateIfDue();
    while (!this.#done()) {
      if (this.#stopping || this.options.signal.aborted) return false;
      await this.#step();
      const { globalStep } = this.#progress;
      const endOfEpoch = this.#crossedEpoch();
      if (globalStep % this.config.logSteps === 0) await this.#report();
      if (endOfEpoch) await this.#endEpoch();
      await this.#evaluateIfDue();
      // The last steps are told too, also when the score just now was what ended the run.
      if (this.#done()) await this.#settle();
      if (this.#done() && this.#meter.hasSteps) await this.#report();
      const { checkpointSteps } = this.config;
      const due = checkpointSteps === null ? endOfEpoch : globalStep % checkpointSteps === 0;
      if (due || this.#checkpointRequests.pending) await this.#checkpoint();
    }
    return true;
  }

  #done(): boolean {
    const { patience } = this.task;
    const { globalStep, scoringsSinceBest } = this.#progress;
    if (globalStep >= this.#limit) return true;
    if (patience !== undefined && patience !== null && scoringsSinceBest >= patience) return true;
    return this.config.maxMinutes !== null && this.#seconds() >= this.config.maxMinutes * 60;
  }

  async #step(): Promise<void> {
    const { tokens, parts } = await this.#gradients();
    const learningRate = learningRateAt(this.#schedule, this.#scheduleStep());
    this.#progress.globalStep++;
    this.#unsettled.push({ globalStep: this.#progress.globalStep, tokens, learningRate, parts });
    await this.#record(await this.task.step.update(learningRate));
  }

  /** Waits for the results of all steps. */
  async #settle(): Promise<void> {
    if (this.#unsettled.length > 0) await this.#record(await this.task.step.results());
  }

  /** Takes in the results of the steps that have waited longest. */
  async #record(results: readonly StepResult[]): Promise<void> {
    for (const result of results) {
      const { globalStep, tokens, learningRate, parts } = this.#unsettled.shift() as StepAtHand;
      // No weight has moved: the last checkpoint and the weights in memory are both still good.
      const { runs, gradNorm, lossScale } = result;
      const skipped = isSkipped(result);
      if (!(skipped || isFiniteResult(result)) || (lossScale && lossScale.scale < LOWEST_SCALE)) {
        throw new TrainerError('lossNotFinite', { globalStep, checkpoint: this.#lastCheckpoint });
      }
      if (skipped) await this.#countSkipped(globalStep, lossScale as LossScale);
      this.#meter.add({
        losses: meanLosses(runs, this.config.gradientAccumulationSteps),
        tokens,
        learningRate,
        gradNorm: skipped ? null : gradNorm,
      });
      let at = 0;
      for (const part of parts) {
        const loss = runs.slice(at, at + part.runs).reduce((sum, { total }) => sum + (total as number), 0);
        this.#addEpochLoss(part, loss);
        at += part.runs;
      }
    }
  }

  async #countSkipped(globalStep: number, { scale }: LossScale): Promise<void> {
    this.#progress.skippedSteps = (this.#progress.skippedSteps ?? 0) + 1;
    const before = scale / BACKOFF;
    if (scale < LOW_SCALE && before >= LOW_SCALE)
      await this.#emit({ type: 'lossScaleLow', globalStep, lossScale: scale });
  }

  /** Sums up the gradients of a step. */
  async #gradients(): Promise<{ tokens: number; parts: Part[] }> {
    return await this.#withinMemory(() => this.#accumulate());
  }

  /** As `withinMemory`, from the same micro-batch on, with a word. */
  async #withinMemory<T>(work: () => Promise<T>): Promise<T> {
    const { microSteps, globalStep } = this.#progress;
    return await withinMemory(this.task, work, async (tokensPerRun) => {
      const { halvings = 0 } = this.#progress;
      this.#progress = { ...this.#progress, microSteps, halvings: halvings + 1 };
      await this.#emit({ type: 'runsHalved', globalStep, tokensPerRun });
    });
  }

  async #accumulate(): Promise<{ tokens: number; parts: Part[] }> {
    const { gradientAccumulationSteps } = this.config;
    const parts: Part[] = [];
    let tokens = 0;
    const progress = this.#scheduleStep() / Math.max(1, this.#limit - 1);
    for (const microBatches of this.#order.from(this.#progress.microSteps, gradientAccumulationSteps)) {
      const work = this.task.prepare(microBatches, progress);
      const dropout = (microBatches[0] as MicroBatch).random.fork('dropout');
      let runs = 0;
      for await (const run of work.runs) {
        await this.task.step.accumulate(run, 1 / gradientAccumulationSteps, dropout.uint32());
        runs++;
      }
      tokens += work.tokens;
      parts.push({ firstMicroStep: this.#progress.microSteps, microSteps: microBatches.length, runs });
      this.#progress.microSteps += microBatches.length;
    }
    return { tokens, parts };
  }

  /** Counts the total losses of micro-batches of one epoch, which sum to `loss`. */
  #addEpochLoss({ firstMicroStep, microSteps }: Part, loss: number): void {
    const progress = this.#progress;
    if (firstMicroStep % this.#order.perEpoch === 0) progress.epochLoss = 0;
    progress.epochLoss += loss;
    if ((firstMicroStep + microSteps) % this.#order.perEpoch === 0)
      this.#lastEpochLoss = progress.epochLoss / this.#order.perEpoch;
  }

  /** Mean total loss since the epoch began, of at least one micro-batch. */
  get #epochLoss(): number {
    const { epochLoss, microSteps } = this.#progress;
    return epochLoss / (((microSteps - 1) % this.#order.perEpoch) + 1);
  }

  /** Where the schedule stands: the step, or further on when time runs out sooner than steps do. */
  #scheduleStep(): number {
    const { maxMinutes } = this.config;
    const { globalStep } = this.#progress;
    if (maxMinutes === null) return globalStep;
    return Math.max(globalStep, Math.floor((this.#limit * this.#seconds()) / (maxMinutes * 60)));
  }

  /** True when the step just done took in the last micro-batch of an epoch. */
  #crossedEpoch(): boolean {
    const { microSteps } = this.#progress;
    const before = microSteps - this.config.gradientAccumulationSteps;
    return Math.floor(microSteps / this.#order.perEpoch) > Math.floor(before / this.#order.perEpoch);
  }

  get #epoch(): number {
    return this.#progress.microSteps / this.#order.perEpoch;
  }

  async #report(): Promise<void> {
    await this.#settle();
    const { globalStep } = this.#progress;
    const { maxMinutes } = this.config;
    const { lossScale } = this.task.step;
    const means = this.#meter.take();
    const usage = this.#usage?.take();
    const left = (this.#limit - globalStep) * means.secondsPerStep;
    const timeLeft = maxMinutes === null ? left : Math.min(left, maxMinutes * 60 - this.#seconds());
    await this.#emit({
      type: 'step',
      globalStep,
      totalSteps: this.#limit,
      epoch: this.#epoch,
      losses: means.losses,
      epochLoss: this.#epochLoss,
      learningRate: means.learningRate,
      gradNorm: means.gradNorm,
      ...(lossScale && { lossScale: lossScale.scale, skippedSteps: this.#progress.skippedSteps ?? 0 }),
      tokensPerSecond: means.tokensPerSecond,
      secondsLeft: Math.max(0, timeLeft),
      seconds: means.seconds,
      memoryBytes: process.memoryUsage.rss(),
      ...(usage ? { device: usage } : {}),
    });
    if (this.config.tensorboard === 'parameters') await this.#reportParameters();
  }

  async #reportParameters(): Promise<void> {
    const { step } = this.task;
    await step.pull();
    const parameters = tensorScalars('parameter', step.store.views(step.store.values));
    await this.#eventLog?.addScalars([...parameters, ...tensorScalars('grad', await step.gradients())], this.#now());
  }

  async #endEpoch(): Promise<void> {
    await this.#settle();
    const { globalStep } = this.#progress;
    await this.#emit({ type: 'epoch', globalStep, epoch: Math.floor(this.#epoch), loss: this.#lastEpochLoss });
  }

  /** Of a run that is resumed, a scoring may be due that failed. */
  async #evaluateIfDue(): Promise<void> {
    const { globalStep, evaluatedStep } = this.#progress;
    const { evaluationSteps = null } = this.config;
    const due = evaluationSteps === null ? this.#crossedEpoch() : globalStep % evaluationSteps === 0;
    if (due && evaluatedStep !== globalStep) await this.#evaluate();
  }

  async #evaluate(): Promise<void> {
    const { task, run } = this;
    if (!task.evaluate) return;
    await this.#checkWeights();
    const evaluation = await task.evaluate().catch(async (error) => {
      // A scoring may ask for more memory than steps do; what has been trained is good.
      await this.#checkpoint();
      throw error;
    });
    const best = this.#progress.bestScore === null || evaluation.score > this.#progress.bestScore;
    this.#progress.scoringsSinceBest = best ? 0 : this.#progress.scoringsSinceBest + 1;
    this.#progress.evaluatedStep = this.#progress.globalStep;
    if (best) {
      this.#progress.bestScore = evaluation.score;
      await task.save(run.bestFolder);
    }
    await this.#emit(this.#evaluated('dev', evaluation, best));
  }

  #evaluated(split: 'dev' | 'test', { metrics, report }: Evaluation, best: boolean): RunEvent {
    const { globalStep } = this.#progress;
    const logged = report ? { report: loggedReport(report) } : {};
    return { type: 'evaluated', globalStep, epoch: this.#epoch, split, metrics, best, ...logged };
  }

  async #finish(): Promise<void> {
    const { task, run } = this;
    const { globalStep, evaluatedStep } = this.#progress;
    // A run that ends within an epoch has not been scored since the epoch before.
    if (task.evaluate && evaluatedStep !== globalStep) await this.#evaluate();
    if (this.#lastCheckpoint === null || !this.#lastCheckpoint.endsWith(stepName(globalStep))) await this.#checkpoint();
    await task.restoreBest?.(run.bestFolder);
    const test = (await task.conclude?.(run.evaluationFolder, run.finalFolder)) ?? null;
    if (test) await this.#emit(this.#evaluated('test', test, false));
    await task.save(run.finalFolder);
    await addModelCard(run.finalFolder);
    await this.#writeState('finished');
    await this.#emit({ type: 'finished', globalStep, folder: run.finalFolder, metrics: test?.metrics ?? {} });
  }

  async #stop(): Promise<void> {
    const { globalStep } = this.#progress;
    if (globalStep > 0) await this.#checkpoint();
    await this.#writeState('stopped');
    await this.#emit({ type: 'stopped', globalStep, folder: this.run.folder });
  }

  /** Brings the weights into host memory. Nothing is saved over what is still good. */
  async #checkWeights(): Promise<void> {
    await this.#settle();
    await this.task.step.pull();
    if (this.task.step.store.isFinite) return;
    const { globalStep } = this.#progress;
    throw new TrainerError('lossNotFinite', { globalStep, checkpoint: this.#lastCheckpoint });
  }

  async #checkpoint(): Promise<void> {
    const { globalStep } = this.#progress;
    await this.#checkWeights();
    const state: SavedProgress = {
      ...this.#progress,
      seconds: this.#seconds(),
      unreported: this.#meter.state,
      lossScale: this.task.step.lossScale ?? null,
    };
    this.#lastCheckpoint = await this.run.saveCheckpoint(globalStep, {
      ...checkpointTensors(this.task.step.store),
      state,
    });
    await this.run.pruneCheckpoints(this.config.keepCheckpoints);
    await this.#emit({ type: 'checkpoint', folder: this.#lastCheckpoint, globalStep });
    this.#checkpointRequests.grant({ globalStep, folder: this.#lastCheckpoint });
  }

  async #resume(): Promise<void> {
    const { step, precision } = this.task;
    const skipped: RunEvent[] = [];
    const checkpoint = await this.run.loadLastCheckpoint(({ folder }, reason) => {
      skipped.push({ type: 'checkpointSkipped', folder, reason });
    });
    if (checkpoint) {
      loadCheckpointTensors(step.store, checkpoint);
      const { unreported, lossScale, ...progress } = checkpoint.state as SavedProgress;
      step.step = checkpoint.step - (progress.skippedSteps ?? 0);
      await step.push();
      if (lossScale && precision !== 'fp32') await step.usePrecision?.(lossScale);
      // A checkpoint of an older version may lack some of it.
      this.#progress = { ...this.#progress, ...progress };
      // The same cut gives the same sums, to the last bit.
      for (let i = 0; i < (progress.halvings ?? 0); i++) this.task.halveRuns?.();
      this.#meter = new StepMeter(unreported);
      this.#lastCheckpoint = checkpoint.folder;
    }
    await this.run.resumeFrom(this.#progress.globalStep);
    for (const event of skipped) await this.#emit(event);
    this.#started = performance.now();
  }

  /** Seconds of training so far, in all processes. */
  #seconds(): number {
    return this.#progress.seconds + (performance.now() - this.#started) / 1000;
  }

  #now(): Moment {
    return { timeMs: Date.now(), globalStep: this.#progress.globalStep };
  }

  async #writeState(status: RunState['status'], failure?: unknown): Promise<void> {
    const state = stateOf(this.task, status);
    const { precision } = this.#progress;
    // A run may go on for a while on a device that computes otherwise than was chosen.
    if (precision && (precision.precision === 'fp16') === Boolean(this.task.step.lossScale))
      state.precision = precision;
    if (status === 'running' && this.#address !== undefined) state.socket = this.#address;
    if (failure instanceof TrainerError) state.error = { code: failure.code, data: failure.data };
    await this.run.writeState(state as unknown as JsonObject);
  }

  async #emit(event: RunEvent): Promise<void> {
    const now = this.#now();
    const record = { globalStep: now.globalStep, time: now.timeMs, ...event };
    await this.run.appendMetrics(record as unknown as MetricsRecord);
    await this.#eventLog?.add(event, now);
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
