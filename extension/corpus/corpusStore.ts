/** The corpora of the workspace, known by their corpus.json; the one list that the tree and the quick picks show. */

import path from 'node:path';
import * as vscode from 'vscode';
import { WorkspaceList } from '../workspaceList.js';
import { searchFiles, subfolders } from '../workspaceSearch.js';
import type { CorpusSummary } from './corpusFolder.js';

const EXCLUDED = '**/{node_modules,.*}/**';
/** A workspace with more files called corpus.json than this is not searched further. */
const FOUND = 500;
/** The folders, for the explorer's menu. */
const CONTEXT = 'distilbertStudio.corpora';
/** Where corpora are put in a workspace folder. */
export const CORPORA_FOLDER = 'corpora';

/** A list of corpora, by path. */
export type CorpusStore = WorkspaceList<CorpusSummary>;

/** A new one; reads nothing until it is first asked to refresh. */
export function corpusStore(): CorpusStore {
  return new WorkspaceList<CorpusSummary>({
    watched: '**/{corpus.json,corpora}',
    read: findCorpora,
    changed: (corpora) =>
      void vscode.commands.executeCommand(
        'setContext',
        CONTEXT,
        corpora.map(({ folder }) => folder),
      ),
  });
}

/** The corpora of the workspace as they are now, by path. Settings may hide some from a search, so where we put them is also looked into. */
export async function findCorpora(): Promise<CorpusSummary[]> {
  // Loaded with the first search: activation must not wait for it.
  const { readCorpus } = await import('./corpusFolder.js');
  const folders = new Set((await searchFiles('**/corpus.json', EXCLUDED, FOUND)).map((file) => path.dirname(file)));
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const folder of await subfolders(path.join(uri.fsPath, CORPORA_FOLDER))) folders.add(folder);
  }
  const read = await Promise.all([...folders].map(readCorpus));
  return read.filter((corpus) => corpus !== undefined).sort((a, b) => a.folder.localeCompare(b.folder));
}
