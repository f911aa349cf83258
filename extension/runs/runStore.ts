/** The runs of the workspace, known by their folders and followed by their files; the one list that every view shows. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import { errorMessage } from '../errorMessages.js';
import { readRunSummary } from './runSummary.js';

/** Many steps may be written between two frames; one reading in this time is as good to the eye. */
const REFRESH_MS = 300;
/** How often a running run's process is looked for: its death writes no file. */
const WATCH_MS = 3000;

/** Reads nothing until it is first asked or told to refresh. */
export class RunStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `runs` was read anew and differs. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  #runs: readonly RunSummary[] = [];
  #reading: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  /** Every run as last read, newest first. */
  get runs(): readonly RunSummary[] {
    return this.#runs;
  }

  /** The run in this folder, as last read. */
  find(folder: string): RunSummary | undefined {
    return this.#runs.find((run) => run.folder === folder);
  }

  /** Reads the workspace's runs and goes on following them; resolves when `runs` is up to date. */
  async refresh(): Promise<void> {
    if (!this.#started) this.#start();
    if (this.#reading) {
      this.#again = true;
      return await this.#reading;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #start(): void {
    this.#started = true;
    const soon = () => this.#soon(REFRESH_MS);
    const watcher = vscode.workspace.createFileSystemWatcher('**/{state.json,metrics.jsonl}');
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate(soon),
      watcher.onDidChange(soon),
      watcher.onDidDelete(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
    );
  }

  #soon(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, ms);
  }

  async #read(): Promise<void> {
    const states = await vscode.workspace.findFiles('**/state.json', '**/node_modules/**');
    const read = await Promise.all(
      states.map((uri) =>
        readRunSummary(path.dirname(uri.fsPath), ({ code, data }) =>
          errorMessage(new TrainerError(code, data as never)),
        ),
      ),
    );
    const runs = read.filter((run) => run !== undefined).sort((a, b) => b.updatedMs - a.updatedMs);
    const differs = JSON.stringify(runs) !== JSON.stringify(this.#runs);
    this.#runs = runs;
    if (differs) this.#changed.fire();
    if (runs.some((run) => run.status === 'running')) this.#soon(WATCH_MS);
  }
}
