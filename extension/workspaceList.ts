/** A list of things that lie in the workspace as folders, such as models: searched for once asked, then followed. */

import * as vscode from 'vscode';

/** Writing such a thing touches several files; one look after them is enough. */
const REFRESH_MS = 500;

/** What kind of list it is. */
export interface ListedKind<T> {
  /** Files and folders whose change may change the list. */
  watched: string;
  /** Finds and reads all of them, in the order in which they are shown. */
  read(): Promise<readonly T[]>;
  /** Called after each change, before others are told. */
  changed?(items: readonly T[]): void;
}

/** Reads nothing until it is first asked to refresh. */
export class WorkspaceList<T> implements vscode.Disposable {
  readonly #kind: ListedKind<T>;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `items` was read anew and differs. */
  readonly onDidChange = this.#changed.event;
  #watcher: vscode.Disposable | undefined;
  #items: readonly T[] = [];
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(kind: ListedKind<T>) {
    this.#kind = kind;
  }

  /** All of them as last read. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Reads them and goes on following them; resolves with `items` when it is up to date. */
  async refresh(): Promise<readonly T[]> {
    this.#watcher ??= this.#watch();
    // What is being read now may be older than the question.
    await this.#reading;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#items;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
    this.#changed.dispose();
  }

  #watch(): vscode.Disposable {
    const soon = () => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.refresh();
      }, REFRESH_MS);
    };
    const watcher = vscode.workspace.createFileSystemWatcher(this.#kind.watched);
    return vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(soon),
      watcher.onDidChange(soon),
      watcher.onDidDelete(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
    );
  }

  async #read(): Promise<void> {
    const items = await this.#kind.read();
    const differs = JSON.stringify(items) !== JSON.stringify(this.#items);
    this.#items = items;
    if (!differs) return;
    this.#kind.changed?.(items);
    this.#changed.fire();
  }
}
