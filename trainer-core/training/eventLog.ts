/** A run's TensorBoard file: what the run tells goes into it as scalars. */
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { AppendedFile } from '../checkpoint/appendedFile.js';
import type { RunFolder } from '../checkpoint/runFolder.js';
import type { RunEvent } from '../protocol/events.js';
import { nextEventFileName } from '../tensorboard/eventFileName.js';
import { finishedRecord, type Moment, openingRecords, scalarRecord } from '../tensorboard/eventRecords.js';
import { runScalars, type Scalars } from '../tensorboard/runScalars.js';

export class EventLog {
  readonly #file: AppendedFile;

  private constructor(file: AppendedFile) {
    this.#file = file;
  }

  /** Begins a file of a run that begins, or goes on, at `moment`. Throws `diskFull`, `folderNotWritable`. */
  static async begin(run: RunFolder, config: object, moment: Moment): Promise<EventLog> {
    const name = nextEventFileName(await readdir(run.folder), moment.timeMs, hostname(), process.pid);
    const log = new EventLog(run.newFile(name));
    await log.#file.append(openingRecords(config, moment));
    return log;
  }

  /** Adds what TensorBoard can show of an event. Throws `diskFull`, `folderNotWritable`. */
  async add(event: RunEvent, moment: Moment): Promise<void> {
    await this.addScalars(runScalars(event), moment);
    if (event.type === 'finished') await this.#file.append(finishedRecord(moment));
  }

  /** Adds numbers of one step. Throws `diskFull`, `folderNotWritable`. */
  async addScalars(scalars: Scalars, moment: Moment): Promise<void> {
    if (scalars.length > 0) await this.#file.append(scalarRecord(scalars, moment));
  }
}
