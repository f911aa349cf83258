/** The devices of this machine, as the trainer last told them; asked only when somebody wants to know. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { TrainerEnded } from '../trainerJob.js';
import { trainerProgram } from '../trainerProgram.js';
import { SharedAnswer } from './sharedAnswer.js';

/** Above all that the trainer itself waits for: 30 s for devices that hang when they are tried, twice, and for each when it is timed. */
const TIMEOUT_MS = 300_000;

/** What the trainer told, and whether it measured. */
interface Told {
  devices: readonly DeviceReport[];
  measured: boolean;
}

/** Knows nothing until it is first asked. */
export class DeviceList implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `known` was told anew. */
  readonly onDidChange = this.#changed.event;
  readonly #devices = new SharedAnswer<Told>(
    (anew) => this.#look(anew),
    () => this.#changed.fire(),
  );

  /** `isComputing`: whether a run goes on. The devices are not measured then. */
  constructor(
    readonly extensionFolder: string,
    readonly isComputing: () => boolean,
  ) {}

  /** Every device there is a name for, usable or not; undefined before the first answer. */
  get known(): readonly DeviceReport[] | undefined {
    return this.#devices.known?.devices;
  }

  /**
   * The devices as the trainer tells them; with `anew` it looks again instead of remembering. What it was told while a run went on
   * counts until there is none. Rejects with TrainerEnded.
   */
  ask(anew = false): Promise<readonly DeviceReport[]> {
    const isEnough = ({ measured }: Told) => measured || this.isComputing();
    return this.#devices.ask(anew, isEnough).then(({ devices }) => devices);
  }

  /** They may be others now. */
  forget(): void {
    this.#devices.forget();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #look(anew: boolean): Promise<Told> {
    const measured = !this.isComputing();
    const { command, args, env } = trainerProgram(this.extensionFolder, [
      'devices',
      '--json',
      ...(measured ? (anew ? ['--refresh'] : []) : ['--no-measure']),
    ]);
    const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS };
    const { stdout } = await promisify(execFile)(command, args, options).catch((cause) => {
      throw new TrainerEnded(String((cause as { stderr?: unknown }).stderr ?? ''), { cause });
    });
    // Loaded late: the schemas alone would double what activation takes.
    const { deviceReport } = await import('../../trainer-core/protocol/devices.js');
    const devices = stdout
      .trim()
      .split('\n')
      .map((line) => deviceReport.parse(JSON.parse(line)));
    return { devices, measured };
  }
}
