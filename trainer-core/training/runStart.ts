/** How a run begins: what it is told besides its config, and the folder that it takes for itself. */

import type { JsonObject } from '../checkpoint/json.js';
import { isAlive } from '../checkpoint/livingProcess.js';
import { createRun, isUnused, openRun, type RunFolder, replaceRun } from '../checkpoint/runFolder.js';
import type { DataSummary } from '../protocol/dataSummary.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { RunEvent } from '../protocol/events.js';
import type { CorpusBuilt, OnStage } from '../protocol/jobs.js';
import type { RunState } from '../protocol/runState.js';
import { isListening } from '../service/controlSocket.js';

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
  /** Told how far the building of a corpus is, when the run has to build one. */
  onStage?: OnStage;
  /** Told of the corpus that the run has built. */
  onBuilt?: (built: CorpusBuilt) => void;
  /** Told what the labelled data is, before a model learns from it. */
  onData?: (summary: DataSummary) => void;
  /** Where the config stands, for errors; default `out`. */
  configFile?: string;
}

/**
 * Refuses a folder that the run cannot use, before models are loaded and text is read.
 * Throws `runNotFound` for a resume without a run, `runBusy` for a run whose trainer lives, `runFolderNotEmpty` for anything that
 * would be overwritten.
 */
export async function checkFolder({ out, resume, fresh }: RunOptions): Promise<void> {
  const found = await runIn(out);
  if (resume && !found) throw new TrainerError('runNotFound', { folder: out });
  if (found && (resume || fresh)) {
    if (await isBusy(found.state)) throw new TrainerError('runBusy', { folder: out, pid: found.state.pid });
  } else if (!(await isUnused(out))) {
    throw new TrainerError('runFolderNotEmpty', { folder: out });
  }
}

/** Opens the run to go on with, or begins a new one, with this state, in place of what was there. Throws what `checkFolder` throws. */
export async function openFolder(config: JsonObject, state: RunState, options: RunOptions): Promise<RunFolder> {
  const { out, resume } = options;
  await checkFolder(options);
  const found = await runIn(out);
  if (found && resume) return found.run;
  return await (found ? replaceRun : createRun)(out, config, state as unknown as JsonObject);
}

/** The run in a folder, or null: a model folder has a config.json too, but no state. */
async function runIn(folder: string): Promise<{ run: RunFolder; state: RunState } | null> {
  const run = await openRun(folder).catch((error: unknown) => {
    if (hasCode(error, 'runNotFound')) return null;
    throw error;
  });
  const state = (await run?.readState()) ?? null;
  return run && state?.objective !== undefined ? { run, state: state as unknown as RunState } : null;
}

/** The process that works on the run in `folder` by its own words; null where it has not said so yet. */
export async function trainerOf(folder: string): Promise<number | null> {
  const state = (await runIn(folder))?.state;
  return state?.status === 'running' && state.pid !== process.pid && isAlive(state.pid) ? state.pid : null;
}

/** True when the trainer of this state lives. Its process's id may be another's by now; then nobody answers at its socket. */
async function isBusy({ status, pid, socket }: RunState): Promise<boolean> {
  if (status !== 'running' || pid === process.pid || !isAlive(pid)) return false;
  return socket === undefined || (await isListening(socket));
}
