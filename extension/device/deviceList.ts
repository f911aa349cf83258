/** The devices of this machine, as the trainer last told them; asked only when somebody wants to know. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { TrainerEnded } from '../trainerJob.js';
import { trainerProgram } from '../trainerProgram.js';

/** Drivers are slow to wake, and what can crash or hang is tried in processes of its own, one after another. */
const TIMEOUT_MS = 180_000;

/** Knows nothing until it is first asked. */
export class DeviceList implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `known` was told anew. */
  readonly onDidChange = this.#changed.event;
  #known: readonly DeviceReport[] | undefined;
  #asking: Promise<readonly DeviceReport[]> | undefined;

  constructor(readonly extensionFolder: string) {}

  /** Every device there is a name for, usable or not; undefined before the first answer. */
  get known(): readonly DeviceReport[] | undefined {
    return this.#known;
  }

  /** The devices as the trainer tells them; with `anew` it looks again instead of remembering. Rejects with TrainerEnded. */
  ask(anew = false): Promise<readonly DeviceReport[]> {
    if (this.#known && !anew) return Promise.resolve(this.#known);
    this.#asking ??= this.#ask(anew).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** They may be others now. */
  forget(): void {
    this.#known = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #ask(anew: boolean): Promise<readonly DeviceReport[]> {
    const { command, args, env } = trainerProgram(this.extensionFolder, [
      'devices',
      '--json',
      ...(anew ? ['--refresh'] : []),
    ]);
    const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS };
    const { stdout } = await promisify(execFile)(command, args, options).catch((cause) => {
      throw new TrainerEnded(String((cause as { stderr?: unknown }).stderr ?? ''), { cause });
    });
    // Loaded late: the schemas alone would double what activation takes.
    const { deviceReport } = await import('../../trainer-core/protocol/devices.js');
    this.#known = stdout
      .trim()
      .split('\n')
      .map((line) => deviceReport.parse(JSON.parse(line)));
    this.#changed.fire();
    return this.#known;
  }
}
