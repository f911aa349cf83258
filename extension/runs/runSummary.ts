/** Reads the last word of a run from its folder (`state.json` and `metrics.jsonl`), cheaply enough to do it at every change. */

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { RunState } from '../../trainer-core/protocol/runState.js';
import { MetricsFollower } from './followMetrics.js';
import { isListening, isProcessAlive } from './trainerAlive.js';

/** Puts why a run failed into words. */
export type ErrorWords = (error: NonNullable<RunState['error']>) => string;

/** How long a trainer that answered is believed to be there. */
const ALIVE_MS = 3000;
/** A trainer that ends closes its socket before it writes that it has ended. */
const ENDING_MS = 1000;

/** Reads one run again and again; knows what it has read. */
export class RunReader {
  readonly #metrics: MetricsFollower;
  #answered = { pid: 0, untilMs: 0 };
  #deaf = 0;
  #reading: Promise<RunSummary | undefined> | undefined;

  constructor(
    readonly folder: string,
    readonly errorWords: ErrorWords,
  ) {
    this.#metrics = new MetricsFollower(path.join(folder, 'metrics.jsonl'));
  }

  /** The run as its files say now, or undefined if the folder is none of a run. */
  read(): Promise<RunSummary | undefined> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<RunSummary | undefined> {
    const said = await readState(this.folder);
    if (!said) return undefined;
    const { state, status } = await this.#believed(said);
    const metrics = await this.#metrics.read();
    const { step, started, best } = metrics ?? {};
    return {
      folder: this.folder,
      name: path.basename(this.folder),
      objective: state.objective,
      status,
      globalStep: step?.globalStep ?? started?.globalStep ?? 0,
      totalSteps: step?.totalSteps ?? started?.totalSteps ?? null,
      loss: step?.losses.total ?? null,
      best: best ?? null,
      learningRate: step?.learningRate ?? null,
      tokensPerSecond: step?.tokensPerSecond ?? null,
      secondsLeft: status === 'running' ? (step?.secondsLeft ?? null) : null,
      memoryBytes: step?.memoryBytes ?? null,
      device: state.device ?? null,
      deviceUsage: step?.device ?? null,
      updatedMs: metrics?.updatedMs ?? (await stat(this.folder).catch(() => undefined))?.mtimeMs ?? 0,
      error: state.error ? this.errorWords(state.error) : null,
      errorCode: state.error?.code ?? null,
    };
  }

  /** `running` is believed only while the trainer lives. */
  async #believed(said: RunState): Promise<{ state: RunState; status: RunStatus }> {
    if (said.status !== 'running' || (await this.#isAlive(said))) return { state: said, status: said.status };
    // It may have ended properly between the two looks.
    if (isProcessAlive(said.pid) && this.#deaf !== said.pid) await sleep(ENDING_MS);
    const state = (await readState(this.folder)) ?? said;
    if (state.status !== 'running' || state.pid !== said.pid) return { state, status: state.status };
    this.#deaf = said.pid;
    return { state, status: 'interrupted' };
  }

  async #isAlive({ pid, socket }: RunState): Promise<boolean> {
    if (!isProcessAlive(pid)) return false;
    const { pid: answered, untilMs } = this.#answered;
    if (socket === undefined || (pid === answered && Date.now() < untilMs)) return true;
    if (!(await isListening(socket))) return false;
    this.#answered = { pid, untilMs: Date.now() + ALIVE_MS };
    return true;
  }
}

/** Another program may have a `state.json` too, so the fields are checked. */
async function readState(folder: string): Promise<RunState | undefined> {
  try {
    const state = JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')) as Partial<RunState> | null;
    const known = ['pretrain', 'distill', 'finetune'].includes(state?.objective ?? '');
    return known && typeof state?.status === 'string' && Number.isInteger(state.pid) ? (state as RunState) : undefined;
  } catch {
    // Gone or not JSON: not a run, or no longer.
    return undefined;
  }
}
