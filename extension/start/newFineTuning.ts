/** The questions of a new fine-tuning: model, the three tables, preset. */

import * as vscode from 'vscode';
import type { Preset } from '../../trainer-core/protocol/presets.js';
import { canBeTrained } from '../models/modelFolder.js';
import { modelChoices, tableChoices } from './dataChoices.js';
import { columnSetting, columnsOf, needsColumns } from './labelledColumns.js';
import type { Answers } from './newConfig.js';
import { presetChoices, presetSettings } from './presetChoices.js';
import { pickStep, stepWhere } from './questions.js';
import { runSteps, type Step } from './steps.js';

/** Answers so far; `dev` null: a part of the training data is held out; `test` null: none is wanted. */
export interface FineTuningDraft {
  model?: string;
  train?: string;
  /** Where the trainer could not tell them by their names. */
  textColumn?: string | number;
  labelColumn?: string | number;
  dev?: string | null;
  test?: string | null;
  preset?: Preset;
}

/** Stands for none of the tables among the choices. */
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
        if (train !== draft.train) {
          delete draft.textColumn;
          delete draft.labelColumn;
        }
        draft.train = train;
      },
    ),
    columnStep(vscode.l10n.t('Which column is the text?'), draft, 'textColumn'),
    columnStep(vscode.l10n.t('Which column is the label?'), draft, 'labelColumn'),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Development data: the table that chooses the best epoch; not the training data'),
        choices: tableChoices(['dev', 'valid'], [draft.train]).then((tables) => [
          ...tables,
          {
            label: `$(split-horizontal) ${vscode.l10n.t('Hold out a part of the training data')}`,
            description: vscode.l10n.t('a tenth of each class'),
            alwaysShow: true,
            value: NONE,
          },
        ]),
        before: draft.dev === null ? NONE : draft.dev,
      }),
      (dev) => {
        draft.dev = dev === NONE ? null : dev;
      },
    ),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Test data: the table for the final score; optional'),
        choices: tableChoices(['test'], [draft.train, draft.dev ?? undefined]).then((tables) => [
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
  const { model, train, dev, test = null, preset, textColumn, labelColumn } = draft;
  if (!done || !model || !train || dev === undefined || !preset) return undefined;
  const settings = {
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(labelColumn === undefined ? {} : { labelColumn }),
    ...(await presetSettings(context.extensionPath, 'finetune', preset)),
  };
  return { beside: train, paths: { model, train, dev, test }, settings };
}

/** Asks for a column of the training data, where its first line leaves open which are the text and the label. */
function columnStep(placeholder: string, draft: FineTuningDraft, setting: 'textColumn' | 'labelColumn'): Step {
  const columns = async () => columnsOf(draft.train ?? '');
  return stepWhere(
    async () => needsColumns(await columns()),
    pickStep(
      () => ({
        placeholder,
        choices: columns().then((names) =>
          names.map((name, i) => ({ label: name || '…', description: String(i + 1), value: columnSetting(names, i) })),
        ),
        before: draft[setting],
      }),
      (column) => {
        draft[setting] = column;
      },
    ),
  );
}
