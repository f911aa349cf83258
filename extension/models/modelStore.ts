/** The models of the workspace, known by their config.json; the one list that the tree and the quick picks show. */

import path from 'node:path';
import * as vscode from 'vscode';
import { RUNS_FOLDER } from '../runs/runStore.js';
import { searchFiles, subfolders } from '../workspaceSearch.js';
import type { Model } from './modelFolder.js';

/** Writing a model touches several files; one look after them is enough. */
const REFRESH_MS = 500;
/** Packages, checkpoints (which cannot be used alone) and hidden folders hold no models for people. */
const EXCLUDED = '**/{node_modules,checkpoints,.*}/**';
/** A workspace with more files called config.json than this is not searched further. */
const FOUND = 2000;
/** Set while there is any model. */
const CONTEXT = 'distilbertStudio.hasModels';

/** Reads nothing until it is first asked to refresh. */
export class ModelStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after `models` was read anew and differs. */
  readonly onDidChange = this.#changed.event;
  #watcher: vscode.Disposable | undefined;
  #models: readonly Model[] = [];
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Every model as last read, by path. */
  get models(): readonly Model[] {
    return this.#models;
  }

  /** Reads the workspace's models and goes on following them; resolves when `models` is up to date. */
  async refresh(): Promise<void> {
    this.#watcher ??= this.#watch();
    // What is being read now may be older than the question.
    await this.#reading;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
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
    // A run's models appear whole, by renaming their folder, which may be told without the files in it.
    const watcher = vscode.workspace.createFileSystemWatcher('**/{config.json,best,final}');
    return vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(soon),
      watcher.onDidChange(soon),
      watcher.onDidDelete(soon),
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
    );
  }

  async #read(): Promise<void> {
    // Loaded with the first search: activation must not wait for it.
    const { readModel } = await import('./modelFolder.js');
    const read = await Promise.all([...(await findFolders())].map(readModel));
    const models = read.filter((model) => model !== undefined).sort((a, b) => a.folder.localeCompare(b.folder));
    const differs = JSON.stringify(models) !== JSON.stringify(this.#models);
    this.#models = models;
    if (!differs) return;
    void vscode.commands.executeCommand('setContext', CONTEXT, models.length > 0);
    this.#changed.fire();
  }
}

/** Every folder that may be a model's. Settings may hide some from a search, so where we put models is also looked into. */
async function findFolders(): Promise<Set<string>> {
  const configs = await searchFiles('**/config.json', EXCLUDED, FOUND);
  const folders = new Set(configs.map((file) => path.dirname(file)));
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const run of await subfolders(path.join(uri.fsPath, RUNS_FOLDER))) {
      folders.add(path.join(run, 'best')).add(path.join(run, 'final'));
    }
    for (const model of await subfolders(path.join(uri.fsPath, 'models'))) folders.add(model);
  }
  return folders;
}
