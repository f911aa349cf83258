/** The extension's entry: registers commands and views; everything heavy waits until one of them is used. */

import type * as vscode from 'vscode';
import type { DistilbertStudioApi } from './api.js';
import { ActiveClassifier } from './classify/activeClassifier.js';
import { registerClassification } from './classify/registerClassification.js';
import { corpusStore } from './corpus/corpusStore.js';
import { registerCorpus } from './corpus/registerCorpus.js';
import { createApi } from './createApi.js';
import { registerDashboard } from './dashboard/registerDashboard.js';
import { registerDevice } from './device/registerDevice.js';
import { registerModels } from './models/registerModels.js';
import { registerRuns } from './runs/registerRuns.js';
import { RunStore } from './runs/runStore.js';
import { registerStart } from './start/registerStart.js';

/** Called by VS Code when the first of our commands or views is used; what it subscribes ends with the window. */
export function activate(context: vscode.ExtensionContext): DistilbertStudioApi {
  const runs = new RunStore();
  const classifier = new ActiveClassifier(context);
  const corpora = corpusStore();
  const disposables: vscode.Disposable[] = [
    runs,
    classifier,
    corpora,
    ...registerRuns(context, runs),
    ...registerStart(context, runs),
    ...registerDevice(context, runs),
    ...registerDashboard(context, runs),
    ...registerClassification(context, classifier),
    ...registerModels(context, classifier, corpora),
    ...registerCorpus(context, corpora),
  ];
  context.subscriptions.push(...disposables);
  return createApi(runs, classifier);
}
