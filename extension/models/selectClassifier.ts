/** The command "Select Classifier". */

import path from 'node:path';
import * as vscode from 'vscode';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import type { ActiveClassifier } from '../classify/activeClassifier.js';
import { RunReader } from '../runs/runSummary.js';
import { chooseFolder, type ModelArgument, modelFolderOf } from './chooseModel.js';
import { modelDetails } from './modelDetails.js';
import { type Model, readModel } from './modelFolder.js';
import type { ModelStore } from './modelStore.js';

/**
 * Makes the model the active classifier; without one the user picks it among the workspace's, or a folder elsewhere.
 * Resolves with its folder; undefined when it was called off. Throws `modelNotClassifier`.
 */
export async function selectClassifier(
  classifier: ActiveClassifier,
  store: ModelStore,
  argument?: ModelArgument,
): Promise<string | undefined> {
  const folder = argument === undefined ? await pickClassifier(classifier, store) : modelFolderOf(argument);
  if (folder === undefined) return undefined;
  if ((await readModel(folder))?.kind !== 'classifier') throw new TrainerError('modelNotClassifier', { folder });
  await classifier.select(folder);
  return folder;
}

async function pickClassifier(classifier: ActiveClassifier, store: ModelStore): Promise<string | undefined> {
  const items = store
    .refresh()
    .then(async () => [
      ...(await Promise.all(
        store.items.filter(({ kind }) => kind === 'classifier').map((model) => itemOf(model, classifier)),
      )),
      { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true, folder: undefined },
    ]);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Select Classifier'),
    placeHolder: vscode.l10n.t('Fine-tuned model for Classify Selection'),
    matchOnDescription: true,
  });
  return picked && (picked.folder ?? (await chooseFolder(vscode.l10n.t('Folder of a fine-tuned model'))));
}

async function itemOf(model: Model, classifier: ActiveClassifier) {
  const score = await scoreOf(model.folder);
  const details = modelDetails(model);
  return {
    label: `${model.folder === classifier.model ? '$(check)' : '$(tag)'} ${model.name}`,
    description: vscode.workspace.asRelativePath(model.folder),
    detail: score === undefined ? details : `${details} · ${score}`,
    folder: model.folder,
  };
}

/** The best macro-F1 of the run that a model came from, where it is known. */
async function scoreOf(folder: string): Promise<string | undefined> {
  if (!['final', 'best'].includes(path.basename(folder))) return undefined;
  const best = (await new RunReader(path.dirname(folder), ({ code }) => code).read().catch(() => undefined))?.best;
  if (best?.metric !== 'macroF1') return undefined;
  const score = best.value.toLocaleString(vscode.env.language, { style: 'percent', maximumFractionDigits: 1 });
  return vscode.l10n.t('macro-F1 {0}', score);
}
