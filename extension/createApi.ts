/** Makes the API that other extensions get. */

import type { DistilbertStudioApi } from './api.js';
import type { ActiveClassifier } from './classify/activeClassifier.js';
import type { RunStore } from './runs/runStore.js';

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
