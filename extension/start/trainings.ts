/** What the three trainings are called, and which config each reads. */

import * as vscode from 'vscode';
import type { z } from 'zod';
import { distillConfig } from '../../trainer-core/protocol/distillConfig.js';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { finetuneConfig } from '../../trainer-core/protocol/finetuneConfig.js';
import { pretrainConfig } from '../../trainer-core/protocol/pretrainConfig.js';

/** How configs of each training end. */
export const CONFIG_SUFFIX: Readonly<Record<Objective, string>> = {
  distill: '.distill.json',
  finetune: '.finetune.json',
  pretrain: '.pretrain.json',
};

/** The schema of each training's config. */
export const CONFIG_SCHEMA: Readonly<Record<Objective, z.ZodType>> = {
  distill: distillConfig,
  finetune: finetuneConfig,
  pretrain: pretrainConfig,
};

/** The title of everything that leads to a start. */
export function startTitle(objective: Objective): string {
  switch (objective) {
    case 'distill':
      return vscode.l10n.t('Start Distillation');
    case 'finetune':
      return vscode.l10n.t('Start Fine-Tuning');
    case 'pretrain':
      return vscode.l10n.t('Start Pre-Training');
  }
}
