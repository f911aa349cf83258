/** Sizes of a new model to pre-train, with settings that suit each. */

import * as vscode from 'vscode';
import type { PretrainConfigInput } from '../../trainer-core/protocol/pretrainConfig.js';
import type { Choice } from './questions.js';

/** Names of the sizes. */
export type ModelSize = 'tiny' | 'small' | 'base';

/** Everything of a config but its paths. `tiny` and `small` are for computers without a GPU; `base` is BERT-base. */
export const MODEL_SIZES: Readonly<Record<ModelSize, Omit<PretrainConfigInput, 'vocab' | 'corpus'>>> = {
  tiny: settings({ layers: 2, hidden: 128, heads: 2, ffn: 512 }, 1e-3),
  small: settings({ layers: 4, hidden: 256, heads: 4, ffn: 1024 }, 1e-3),
  base: settings({ layers: 12, hidden: 768, heads: 12, ffn: 3072 }, 1e-4),
};

function settings(model: { layers: number; hidden: number; heads: number; ffn: number }, learningRate: number) {
  return {
    model: { ...model, maxPositionEmbeddings: 512 },
    maxSeqLength: 128,
    batchSize: 32,
    learningRate,
    weightDecay: 0.01,
    warmupProportion: 0.05,
    numEpochs: 1,
  };
}

/** The sizes as choices; weights are counted with 32,000 pieces. */
export function sizeChoices(): Choice<ModelSize>[] {
  return [
    {
      label: vscode.l10n.t('Tiny'),
      description: vscode.l10n.t('{0} layers, hidden {1}, about {2} million weights', 2, 128, 5),
      detail: vscode.l10n.t('Minutes on a laptop: to see it work'),
      value: 'tiny',
    },
    {
      label: vscode.l10n.t('Small'),
      description: vscode.l10n.t('{0} layers, hidden {1}, about {2} million weights', 4, 256, 12),
      detail: vscode.l10n.t('Hours on a laptop, for a corpus of some megabytes'),
      value: 'small',
    },
    {
      label: vscode.l10n.t('Base'),
      description: vscode.l10n.t('{0} layers, hidden {1}, about {2} million weights', 12, 768, 111),
      detail: vscode.l10n.t('The size of BERT-base: needs a GPU and days'),
      value: 'base',
    },
  ];
}
