/** Tells a run's log how far the work before its first step is, for there is nothing else of the run to look at by then. */

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeError } from '../checkpoint/atomicWrite.js';
import type { OnStage } from '../protocol/jobs.js';

const INTERVAL_MS = 10_000;

export interface LoggedStages {
  onStage: OnStage;
  /** Adds a line. */
  write(text: string): void;
  /** Waits for what is being written. */
  end(): Promise<void>;
}

/**
 * Writes `title`, then a line every ten seconds, to `trainer.log` in `folder`, which is made.
 * Throws `folderNotWritable`, `diskFull` when it cannot be made: the run could not be written either.
 */
export async function loggedStages(folder: string, title: string): Promise<LoggedStages> {
  const file = join(folder, 'trainer.log');
  let last = Promise.resolve();
  const write = (text: string) => {
    // A log line is not worth a run.
    last = last.then(() => appendFile(file, `${new Date().toISOString()} ${text}\n`)).catch(() => {});
  };
  try {
    await makeFolder(folder);
  } catch (error) {
    throw writeError(error, file, null);
  }
  write(title);
  let told = Date.now();
  return {
    onStage({ phase, file: at, done, total, unit }) {
      if (Date.now() - told < INTERVAL_MS) return;
      told = Date.now();
      const part = total ? ` of ${total} (${Math.floor((100 * done) / total)} %)` : '';
      write(`${phase}: ${done}${part} ${unit}${at === undefined ? '' : `, ${at}`}`);
    },
    write,
    end: () => last,
  };
}
