/** The questions of a new fine-tuning: model, the three tables, preset. */

import * as vscode from 'vscode';
import type { Preset } from '../../trainer-core/protocol/presets.js';
import { canBeTrained } from '../models/modelFolder.js';
import { modelChoices, tableChoices } from './dataChoices.js';
import type { Answers } from './newConfig.js';
import { presetChoices, presetSettings } from './presetChoices.js';
import { pickStep } from './questions.js';
import { runSteps } from './steps.js';

/** Answers so far; `test` null: none is wanted. */
export interface FineTuningDraft {
  model?: string;
  train?: string;
  dev?: string;
  test?: string | null;
  preset?: Preset;
}

/** Stands for "no test table" among the choices. */
const NONE = '';

/** Asks them, keeping the answers in `draft`; undefined when the user cancelled. */
export async function newFineTuning(
  context: vscode.ExtensionContext,
  draft: FineTuningDraft,
): Promise<Answers | undefined> {
  const done = await runSteps(vscode.l10n.t('New Fine-Tuning'), [
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Model to fine-tune: a student or a teacher'),
        choices: modelChoices(context, canBeTrained, 'student'),
        before: draft.model,
      }),
      (model) => {
        draft.model = model;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Training data: the table to learn from'),
        choices: tableChoices(['train'], []),
        before: draft.train,
      }),
      (train) => {
        draft.train = train;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Development data: the table that chooses the best epoch; not the training data'),
        choices: tableChoices(['dev', 'valid'], [draft.train]),
        before: draft.dev,
      }),
      (dev) => {
        draft.dev = dev;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Test data: the table for the final score; optional'),
        choices: tableChoices(['test'], [draft.train, draft.dev]).then((tables) => [
          ...tables,
          { label: `$(circle-slash) ${vscode.l10n.t('No test data')}`, alwaysShow: true, value: NONE },
        ]),
        before: draft.test === null ? NONE : draft.test,
      }),
      (test) => {
        draft.test = test === NONE ? null : test;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Settings to start from; the file can be changed later'),
        choices: presetChoices('finetune'),
        before: draft.preset,
      }),
      (preset) => {
        draft.preset = preset;
      },
    ),
  ]);
  const { model, train, dev, test = null, preset } = draft;
  if (!done || !model || !train || !dev || !preset) return undefined;
  const settings = await presetSettings(context.extensionPath, 'finetune', preset);
  return { beside: train, paths: { model, train, dev, test }, settings };
}
