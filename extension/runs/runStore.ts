/** The runs of the workspace, known by their folders and followed by their files; the one list that every view shows. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import { errorMessage } from '../errorMessages.js';
import { searchFiles, subfolders } from '../workspaceSearch.js';
import { RunReader } from './runSummary.js';

/** Many steps may be written between two frames; one reading in this time is as good to the eye. */
const REFRESH_MS = 300;
/** How often a running run is looked at unasked: its death writes no file, and not every disk tells of changes. */
const WATCH_MS = 3000;
/** Folders read at the same time. */
const AT_ONCE = 8;

/** A run's state, and the configs beside which runs are kept. */
const SIGNS = '**/{state.json,*.distill.json,*.finetune.json,*.pretrain.json}';
const NO_RUNS_IN = '**/{node_modules,.*,checkpoints,best,final}/**';
/** Where runs are put, beside a config or in a workspace folder. */
export const RUNS_FOLDER = 'runs';

/** Reads nothing until it is first asked or told to refresh. */
export class RunStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `runs` was read anew and differs. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  readonly #included = new Set<string>();
  readonly #readers = new Map<string, RunReader>();
  readonly #known = new Map<string, RunSummary>();
  readonly #touched = new Set<string>();
  #runs: readonly RunSummary[] = [];
  #work: Promise<void> = Promise.resolve();
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #watching = false;

  /** Every run as last read: those that run, then the others, each newest first. */
  get runs(): readonly RunSummary[] {
    return this.#runs;
  }

  /** The run in this folder, as last read. */
  find(folder: string): RunSummary | undefined {
    return this.#known.get(folder);
  }

  /** Shows this run too for as long as the window lives, wherever it lies. */
  include(folder: string): void {
    this.#included.add(folder);
  }

  /** Looks for runs, reads all of them and goes on following them; resolves when `runs` is up to date. */
  refresh(): Promise<void> {
    if (!this.#watching) this.#watch();
    // One that has not begun yet will see all that this call could.
    this.#refreshing ??= this.#next(async () => {
      this.#refreshing = undefined;
      const folders = await this.#find();
      for (const folder of this.#readers.keys()) if (!folders.has(folder)) this.#forget(folder);
      await this.#read(folders);
    });
    return this.#refreshing;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchTimer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #watch(): void {
    this.#watching = true;
    const files = vscode.workspace.createFileSystemWatcher('**/{state.json,metrics.jsonl}');
    const touch = ({ fsPath }: vscode.Uri) => this.#touch(path.dirname(fsPath));
    // A folder that is deleted is told of alone, without the files in it.
    const deletions = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    const deleted = ({ fsPath }: vscode.Uri) => {
      for (const folder of this.#known.keys())
        if (folder === fsPath || folder.startsWith(fsPath + path.sep)) this.#touch(folder);
    };
    this.#subscriptions.push(
      files,
      files.onDidCreate(touch),
      files.onDidChange(touch),
      files.onDidDelete(touch),
      deletions,
      deletions.onDidDelete(deleted),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && void this.refresh()),
    );
  }

  /** Reads this folder soon, together with whatever else is touched until then. */
  #touch(folder: string): void {
    this.#touched.add(folder);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const folders = [...this.#touched];
      this.#touched.clear();
      void this.#next(() => this.#read(folders));
    }, REFRESH_MS);
  }

  /** Does one thing after the other, so that an older reading never replaces a newer one. */
  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  /** Every folder that may be a run's. Settings may hide runs from a search, so the usual places are also looked into. */
  async #find(): Promise<Set<string>> {
    const folders = new Set(this.#included);
    const places = new Set((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath));
    for (const sign of await searchFiles(SIGNS, NO_RUNS_IN)) {
      if (path.basename(sign) === 'state.json') folders.add(path.dirname(sign));
      else places.add(path.dirname(sign));
    }
    for (const place of places) {
      for (const folder of await subfolders(path.join(place, RUNS_FOLDER))) folders.add(folder);
    }
    return folders;
  }

  async #read(folders: Iterable<string>): Promise<void> {
    const all = [...folders];
    for (let from = 0; from < all.length; from += AT_ONCE)
      await Promise.all(all.slice(from, from + AT_ONCE).map((folder) => this.#readOne(folder)));
    const runs = [...this.#known.values()].sort(byAge);
    const differs = JSON.stringify(runs) !== JSON.stringify(this.#runs);
    this.#runs = runs;
    if (differs) this.#changed.fire();
    this.#watchRunning();
  }

  async #readOne(folder: string): Promise<void> {
    const reader = this.#readers.get(folder) ?? new RunReader(folder, errorWords);
    // A file may be locked for a moment; the run is then read again at its next change.
    const run = await reader.read().catch(() => this.#known.get(folder));
    if (!run) {
      this.#forget(folder);
      return;
    }
    this.#readers.set(folder, reader);
    this.#known.set(folder, run);
  }

  #forget(folder: string): void {
    this.#readers.delete(folder);
    this.#known.delete(folder);
  }

  #watchRunning(): void {
    clearTimeout(this.#watchTimer);
    const running = this.#runs.filter((run) => run.status === 'running');
    if (running.length === 0) return;
    this.#watchTimer = setTimeout(() => {
      for (const { folder } of running) this.#touch(folder);
    }, WATCH_MS);
  }
}

/** Two running runs would change places at every step if the last change decided; their names end in their start. */
function byAge(a: RunSummary, b: RunSummary): number {
  if (a.status !== 'running' && b.status !== 'running') return b.updatedMs - a.updatedMs;
  if (a.status === b.status) return b.folder < a.folder ? -1 : 1;
  return a.status === 'running' ? -1 : 1;
}

/** The state may be another version's, with codes or data that there are no words for. */
function errorWords({ code, data }: { code: string; data: unknown }): string {
  try {
    return errorMessage(new TrainerError(code as never, data as never));
  } catch {
    return code;
  }
}
