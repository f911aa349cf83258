/** The folder of one training run: its config, state, metrics and checkpoints; everything a dashboard shows can be rebuilt from it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import { AppendedFile } from './appendedFile.js';
import { atomicFile, isLeftover, makeFolder, recoverContents, removeFolder, writeError } from './atomicWrite.js';
import { type Checkpoint, readCheckpoint, verifyCheckpoint, writeCheckpoint } from './checkpointFolder.js';
import { type JsonObject, readJsonObject } from './json.js';
import { MetricsLog, type MetricsRecord } from './metricsLog.js';

const CONFIG = 'config.json';
const STATE = 'state.json';
/** May be there before the run: whoever starts a trainer in the background sends its words there. */
const LOG = 'trainer.log';
const STEP_FOLDER = /^step-(\d{6,})$/;

/** A checkpoint by its place; nothing is known yet about its contents. */
export interface CheckpointPlace {
  readonly step: number;
  readonly folder: string;
}

/** A loaded checkpoint: where it lay and what it held. */
export type LoadedCheckpoint = CheckpointPlace & Checkpoint;

/** Told of each checkpoint passed over because it is damaged, newest first. */
export type OnDamaged = (place: CheckpointPlace, reason: string) => void;

/**
 * Begins a run in `folder`, which must be unused, and writes its state and its config.
 * Throws `runFolderNotEmpty`, `folderNotWritable`, `diskFull`.
 */
export async function createRun(folder: string, config: JsonObject, state: JsonObject): Promise<RunFolder> {
  try {
    await makeFolder(folder);
  } catch (error) {
    // The cause lies in the folder itself, so its own name is given, not its parent's.
    throw writeError(error, join(folder, CONFIG), null);
  }
  if (!(await isUnused(folder))) throw new TrainerError('runFolderNotEmpty', { folder });
  const run = new RunFolder(folder, config);
  // A config alone would be taken for a model's; a state alone is nothing yet.
  await run.writeState(state);
  await run.writeConfig();
  return run;
}

/** Begins a run in place of the one in `folder`. Only the log is kept, and added to: it may be open. Throws as `createRun`. */
export async function replaceRun(folder: string, config: JsonObject, state: JsonObject): Promise<RunFolder> {
  await recoverContents(folder);
  for (const name of await readdir(folder)) {
    // Config and state go last, by being replaced: after a kill this is still a run that can be replaced.
    if (![CONFIG, STATE, LOG].includes(name)) await removeFolder(join(folder, name));
  }
  const run = new RunFolder(folder, config);
  await run.writeConfig();
  await run.writeState(state);
  return run;
}

/** True when `folder` is empty or not there; what is half-written, a log, and the state of a run that has no config yet do not count. */
export async function isUnused(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.every((name) => name === LOG || name === STATE || isLeftover(name));
}

/** Opens a run that `createRun` began. Changes nothing on disk. Throws `runNotFound`, `configInvalidJson`. */
export async function openRun(folder: string): Promise<RunFolder> {
  try {
    return new RunFolder(folder, await readJsonObject(join(folder, CONFIG)));
  } catch (error) {
    const missing = error instanceof TrainerError && error.code === 'fileNotFound';
    throw missing ? new TrainerError('runNotFound', { folder }, { cause: error }) : error;
  }
}

/** A run on disk. One process at a time may write to it; any number may read. */
export class RunFolder {
  private readonly metrics: MetricsLog;
  private readonly appended: AppendedFile[] = [];

  constructor(
    readonly folder: string,
    readonly config: JsonObject,
  ) {
    this.metrics = new MetricsLog(join(folder, 'metrics.jsonl'));
  }

  /** Model folder of the best step so far; it may not exist yet. */
  get bestFolder(): string {
    return join(this.folder, 'best');
  }

  /** Model folder of the finished run; it may not exist yet. */
  get finalFolder(): string {
    return join(this.folder, 'final');
  }

  /** Where a finished fine-tuning has its evaluations, a folder a data set; it may not exist yet. */
  get evaluationFolder(): string {
    return join(this.folder, 'evaluation');
  }

  /** The trainer's log, which others may append to as well. */
  get logFile(): string {
    return join(this.folder, LOG);
  }

  private get checkpoints(): string {
    return join(this.folder, 'checkpoints');
  }

  /** Puts `config.json` in place. Throws `diskFull`, `folderNotWritable`. */
  async writeConfig(): Promise<void> {
    await atomicFile(join(this.folder, CONFIG), toJson(this.config));
  }

  /** Puts `state.json` in place: what the run is doing now. Throws `diskFull`, `folderNotWritable`. */
  async writeState(state: JsonObject): Promise<void> {
    await atomicFile(join(this.folder, STATE), toJson(state));
  }

  /** `state.json`, or null where there is none. */
  async readState(): Promise<JsonObject | null> {
    try {
      return await readJsonObject(join(this.folder, STATE));
    } catch (error) {
      if (error instanceof TrainerError && error.code === 'fileNotFound') return null;
      throw error;
    }
  }

  /** Adds a line to `metrics.jsonl`. Throws `diskFull`, `folderNotWritable`; the file then ends with the line before. */
  async appendMetrics(record: MetricsRecord): Promise<void> {
    await this.metrics.append(record);
  }

  /** All whole lines of `metrics.jsonl`, in order. */
  async readMetrics(): Promise<MetricsRecord[]> {
    return this.metrics.read();
  }

  /**
   * Makes the folder ready to go on from `globalStep`: clears away what a killed process left half-written, and drops the metrics
   * after that step, which will be told again.
   */
  async resumeFrom(globalStep: number): Promise<void> {
    await recoverContents(this.folder);
    await recoverContents(this.checkpoints);
    await this.metrics.rewind(globalStep);
  }

  /** A new file of the run that is only added to; it is there from the first append, and open until the run is closed. */
  newFile(name: string): AppendedFile {
    const file = new AppendedFile(join(this.folder, name), async () => 0);
    this.appended.push(file);
    return file;
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.metrics.close();
    for (const file of this.appended) await file.close();
  }

  /**
   * Saves a checkpoint of optimiser step `step` and gives its folder; it appears whole or not at all.
   * Throws `diskFull`, `folderNotWritable`; the checkpoints before it then stand.
   */
  async saveCheckpoint(step: number, contents: Checkpoint): Promise<string> {
    const folder = join(this.checkpoints, `step-${String(step).padStart(6, '0')}`);
    await writeCheckpoint(folder, contents);
    return folder;
  }

  /** The checkpoints there are, oldest first, damaged ones included. */
  async listCheckpoints(): Promise<CheckpointPlace[]> {
    const names = await readdir(this.checkpoints).catch((): string[] => []);
    return names
      .flatMap((name) => {
        const step = STEP_FOLDER.exec(name)?.[1];
        return step === undefined ? [] : [{ step: Number(step), folder: join(this.checkpoints, name) }];
      })
      .sort((a, b) => a.step - b.step);
  }

  /** The newest checkpoint whose checksums are right, or null. Damaged newer ones are told to `onDamaged` and passed over. */
  async loadLastCheckpoint(onDamaged: OnDamaged = () => {}): Promise<LoadedCheckpoint | null> {
    await recoverContents(this.checkpoints);
    for (const place of (await this.listCheckpoints()).reverse()) {
      try {
        return { ...place, ...(await readCheckpoint(place.folder)) };
      } catch (error) {
        if (!(error instanceof TrainerError && error.code === 'checkpointDamaged')) throw error;
        onDamaged(place, error.data.reason);
      }
    }
    return null;
  }

  /**
   * Deletes all but the newest `keep` checkpoints (at least 1), but never the newest good one, even if newer ones are damaged.
   * Gives the steps deleted, and clears away what a killed save left.
   */
  async pruneCheckpoints(keep: number): Promise<number[]> {
    const newestFirst = (await this.listCheckpoints()).reverse();
    const kept = newestFirst.slice(0, Math.max(1, keep));
    const surplus = newestFirst.slice(kept.length);
    const spared = surplus.length > 0 && (await firstGood(kept)) === null ? await firstGood(surplus) : null;
    const deleted = surplus.filter((place) => place !== spared);
    for (const { folder } of deleted) await removeFolder(folder);
    await recoverContents(this.checkpoints);
    return deleted.map(({ step }) => step);
  }
}

async function firstGood(places: readonly CheckpointPlace[]): Promise<CheckpointPlace | null> {
  for (const place of places) {
    try {
      await verifyCheckpoint(place.folder);
      return place;
    } catch (error) {
      if (!(error instanceof TrainerError && error.code === 'checkpointDamaged')) throw error;
    }
  }
  return null;
}

function toJson(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
