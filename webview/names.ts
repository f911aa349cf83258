/** Names of curves, states and objectives in the user's language. */

import type { RunSummary } from '../trainer-core/protocol/dashboardMessages.js';
import type { SeriesKey } from './metrics/metricsHistory.js';
import { t } from './words.js';

/** A curve's name. */
export function seriesName(key: SeriesKey): string {
  const names: Record<SeriesKey, string> = {
    total: t('Total loss'),
    ce: t('CE (teacher)'),
    mlm: t('MLM'),
    clm: t('CLM'),
    mse: t('MSE'),
    cos: t('Cosine'),
    hidden: t('Hidden states'),
    attention: t('Attention'),
    relation: t('Attention relations'),
    labels: t('Labels'),
    devLoss: t('Validation loss'),
    accuracy: t('Accuracy'),
    macroF1: t('Macro-F1'),
    agreement: t('Agreement with the teacher'),
    learningRate: t('Learning rate'),
    tokensPerSecond: t('Tokens/s'),
    memoryBytes: t('Memory'),
    deviceMemoryBytes: t('GPU memory'),
    deviceUtilization: t('GPU load'),
  };
  return names[key];
}

/** What a run is doing. */
export function statusName(status: RunSummary['status']): string {
  const names: Record<RunSummary['status'], string> = {
    running: t('running'),
    finished: t('finished'),
    stopped: t('stopped'),
    failed: t('failed'),
    interrupted: t('interrupted'),
  };
  return names[status];
}

/** What a run is for. */
export function objectiveName(objective: RunSummary['objective']): string {
  const names: Record<RunSummary['objective'], string> = {
    pretrain: t('Pre-training'),
    distill: t('Distillation'),
    finetune: t('Fine-tuning'),
  };
  return names[objective];
}
