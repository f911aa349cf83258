/** What other extensions get from `vscode.extensions.getExtension('distilbert-studio.distilbert-studio').activate()`. */

import type { RunSummary } from '../trainer-core/protocol/dashboardMessages.js';
import type { ActiveClassifier } from './classify/activeClassifier.js';
import type { Classification } from './classify/classifierProcess.js';
import type { RunStore } from './runs/runStore.js';

/** The exported API; version 1 only ever grows. */
export interface DistilbertStudioApi {
  readonly version: 1;
  /** The active classifier's answer for each text, in order. Rejects when no classifier is selected or it cannot be loaded. */
  classify(texts: readonly string[]): Promise<Classification[]>;
  /** The runs of the workspace, newest first. */
  runs(): Promise<readonly RunSummary[]>;
}

/** Binds the API to this window's runs and classifier. */
export function createApi(runs: RunStore, classifier: ActiveClassifier): DistilbertStudioApi {
  return {
    version: 1,
    classify: (texts) => classifier.classify(texts),
    async runs() {
      await runs.refresh();
      return runs.runs;
    },
  };
}
