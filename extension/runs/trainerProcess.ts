/** Starts a training run as a process of its own that outlives the window. */

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { trainerProgram } from '../trainerProgram.js';

/** What to start. */
export interface TrainerStart {
  objective: Objective;
  /** Absolute path of the config; null when a run is resumed by its own settings. */
  configFile: string | null;
  /** Absolute path of the run folder. */
  out: string;
  resume: boolean;
  /** The language of the trainer's log. */
  language: 'en' | 'ja';
  /** Flags that go before what the config says, of a resumed run its own: where and how to compute. */
  flags: readonly string[];
}

/** The log that the trainer and native code write to, in the run folder. */
export const TRAINER_LOG = 'trainer.log';

/**
 * Starts the trainer, detached, its output going to the run's log; resolves with its exit code, which only matters while the
 * window lives: what the run came to stands in its folder.
 */
export function startTrainer(
  extensionFolder: string,
  start: TrainerStart,
): { pid: number | undefined; exit: Promise<number | null> } {
  const { objective, configFile, out, resume, language, flags } = start;
  const args: string[] = [objective, '--out', out, '--lang', language, '--json', ...flags];
  if (configFile !== null) args.push('--config', configFile);
  if (resume) args.push('--resume');
  const program = trainerProgram(extensionFolder, args);
  mkdirSync(out, { recursive: true });
  const log = openSync(path.join(out, TRAINER_LOG), 'a');
  const child = spawn(program.command, program.args, {
    cwd: out,
    detached: true,
    env: { ...process.env, ...program.env },
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  child.unref();
  const exit = new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', (code) => resolve(code));
  });
  return { pid: child.pid, exit };
}
