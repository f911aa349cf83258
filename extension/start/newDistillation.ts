/** The questions of a new distillation: teacher, corpus, preset. */

import * as vscode from 'vscode';
import type { Preset } from '../../trainer-core/protocol/presets.js';
import { canTeach, readModel } from '../models/modelFolder.js';
import { corpusChoices, modelChoices } from './dataChoices.js';
import { fittedPreset } from './fittedPreset.js';
import type { Answers } from './newConfig.js';
import { presetChoices, presetSettings } from './presetChoices.js';
import { pickStep } from './questions.js';
import { runSteps } from './steps.js';
import { settingsFor } from './storedCorpus.js';

/** Answers so far. */
export interface DistillationDraft {
  teacher?: string;
  corpus?: string[];
  preset?: Preset;
}

/** Asks them, keeping the answers in `draft`; undefined when the user cancelled. With `given`, a corpus folder, that is not asked for. */
export async function newDistillation(
  context: vscode.ExtensionContext,
  draft: DistillationDraft,
  given?: string,
): Promise<Answers | undefined> {
  const corpusStep = pickStep(
    () => ({
      placeholder: vscode.l10n.t('Corpus: the text to distil on'),
      choices: corpusChoices(),
      before: draft.corpus,
    }),
    (corpus) => {
      draft.corpus = corpus;
    },
  );
  const done = await runSteps(vscode.l10n.t('New Distillation'), [
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Teacher: a BERT, RoBERTa or DistilBERT with its masked-language-model head'),
        choices: modelChoices(context, canTeach, 'teacher'),
        before: draft.teacher,
      }),
      (teacher) => {
        draft.teacher = teacher;
      },
    ),
    ...(given === undefined ? [corpusStep] : []),
    pickStep(
      () => ({
        placeholder: vscode.l10n.t('Settings to start from; the file can be changed later'),
        choices: presetChoices('distill'),
        before: draft.preset,
      }),
      (preset) => {
        draft.preset = preset;
      },
    ),
  ]);
  const { teacher, preset } = draft;
  const corpus = given === undefined ? draft.corpus : [given];
  if (!done || !teacher || !corpus?.[0] || !preset) return undefined;
  const settings = await presetSettings(context.extensionPath, 'distill', preset);
  const layers = (await readModel(teacher))?.layers;
  const fitted = layers === undefined ? settings : fittedPreset(settings, layers);
  return { beside: corpus[0], paths: { teacher, corpus }, settings: await settingsFor(corpus, fitted) };
}
