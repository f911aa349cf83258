/** The models of the workspace, known by their config.json; the one list that the tree and the quick picks show. */

import path from 'node:path';
import * as vscode from 'vscode';
import { RUNS_FOLDER } from '../runs/runStore.js';
import { WorkspaceList } from '../workspaceList.js';
import { searchFiles, subfolders } from '../workspaceSearch.js';
import type { Model } from './modelFolder.js';

/** Packages, checkpoints (which cannot be used alone) and hidden folders hold no models for people. */
const EXCLUDED = '**/{node_modules,checkpoints,.*}/**';
/** A workspace with more files called config.json than this is not searched further. */
const FOUND = 2000;
/** Set while there is any model. */
const CONTEXT = 'distilbertStudio.hasModels';

/** A list of models, by path. */
export type ModelStore = WorkspaceList<Model>;

/** A new one; reads nothing until it is first asked to refresh. */
export function modelStore(): ModelStore {
  return new WorkspaceList<Model>({
    // A run's models appear whole, by renaming their folder, which may be told without the files in it.
    watched: '**/{config.json,best,final}',
    read: findModels,
    changed: (models) => void vscode.commands.executeCommand('setContext', CONTEXT, models.length > 0),
  });
}

/** The models of the workspace as they are now, by path. */
export async function findModels(): Promise<Model[]> {
  // Loaded with the first search: activation must not wait for it.
  const { readModel } = await import('./modelFolder.js');
  const read = await Promise.all([...(await findFolders())].map(readModel));
  return read.filter((model) => model !== undefined).sort((a, b) => a.folder.localeCompare(b.folder));
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
