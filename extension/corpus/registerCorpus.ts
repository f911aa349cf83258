/** The commands of corpora and the editor of their statistics. */

import * as vscode from 'vscode';
import { registerCommand } from '../registerCommand.js';
import { CORPUS_FILE, type CorpusArgument, chooseCorpus } from './chooseCorpus.js';
import { registerStatisticsEditor, STATISTICS_EDITOR } from './corpusStatistics.js';
import type { CorpusStore } from './corpusStore.js';
import type { CorpusDraft } from './newCorpus.js';

/** Registers them; what is returned ends with the window. */
export function registerCorpus(context: vscode.ExtensionContext, store: CorpusStore): vscode.Disposable[] {
  const draft: CorpusDraft = {};
  return [
    registerStatisticsEditor(context),
    registerCommand('buildCorpus', async (first?: unknown, selected?: unknown) =>
      (await import('./buildCorpus.js')).buildCorpus(context, draft, filesOf(first, selected)),
    ),
    registerCommand('showCorpusStatistics', async (argument?: CorpusArgument) => {
      const folder = await chooseCorpus(store, argument);
      if (folder === undefined) return undefined;
      const file = vscode.Uri.joinPath(vscode.Uri.file(folder), CORPUS_FILE);
      return await vscode.commands.executeCommand('vscode.openWith', file, STATISTICS_EDITOR);
    }),
  ];
}

/** The explorer gives the file that was clicked, then all that are selected; the palette and the views give none. */
function filesOf(first: unknown, selected: unknown): string[] | undefined {
  if (!(first instanceof vscode.Uri)) return undefined;
  const all = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  return (all.length > 0 ? all : [first]).map(({ fsPath }) => fsPath);
}
