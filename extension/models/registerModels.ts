/** The tree of models and corpora, and the commands of models. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from '../classify/activeClassifier.js';
import type { CorpusStore } from '../corpus/corpusStore.js';
import { registerCommand } from '../registerCommand.js';
import { chooseModel, type ModelArgument } from './chooseModel.js';
import { classifierStatus } from './classifierStatus.js';
import type { ExportAnswers } from './exportQuestions.js';
import { registerModelCards, showModelCard } from './modelCard.js';
import { modelStore } from './modelStore.js';
import { MODELS_VIEW, ModelsTree } from './modelsTree.js';

/** After activation, when what it was for is done. */
const SEARCH_MS = 500;

/** Registers them; what is returned ends with the window. */
export function registerModels(
  context: vscode.ExtensionContext,
  classifier: ActiveClassifier,
  corpora: CorpusStore,
): vscode.Disposable[] {
  const store = modelStore();
  const tree = new ModelsTree(store, corpora, classifier);
  // Commands and the status bar depend on which models there are; activation itself must not wait for the search.
  const search = setTimeout(() => void Promise.all([store.refresh(), corpora.refresh()]), SEARCH_MS);
  /** A command about one model: the given one or one that is picked. */
  const modelCommand = (name: string, run: (folder: string) => unknown) =>
    registerCommand(name, async (argument?: ModelArgument) => {
      const folder = await chooseModel(store, argument);
      return folder === undefined ? undefined : await run(folder);
    });
  return [
    store,
    tree,
    new vscode.Disposable(() => clearTimeout(search)),
    vscode.window.registerTreeDataProvider(MODELS_VIEW, tree),
    classifierStatus(classifier, store),
    registerModelCards(context.extensionPath),
    registerCommand('selectClassifier', async (argument?: ModelArgument) =>
      (await import('./selectClassifier.js')).selectClassifier(classifier, store, argument),
    ),
    registerCommand('exportModel', async (argument?: ModelArgument, target?: string, answers?: ExportAnswers) =>
      (await import('./exportModel.js')).exportModel(
        context.extensionPath,
        store,
        argument,
        typeof target === 'string' ? target : undefined,
        answers,
      ),
    ),
    registerCommand('evaluateModel', async (argument?: ModelArgument, data?: unknown) =>
      (await import('./evaluateModel.js')).evaluateModel(
        context.extensionPath,
        store,
        argument,
        data instanceof vscode.Uri ? data : undefined,
      ),
    ),
    modelCommand('revealModel', (folder) =>
      vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder)),
    ),
    modelCommand('showModelCard', showModelCard),
    modelCommand('uploadModel', async (folder) => (await import('./uploadModel.js')).uploadModel(context, folder)),
    registerCommand('forgetHubToken', async () => (await import('./hubToken.js')).forgetHubToken(context)),
    registerCommand('refreshModels', async () => {
      await corpora.refresh();
      return await store.refresh();
    }),
  ];
}
