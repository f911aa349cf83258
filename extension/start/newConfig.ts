/** Makes a new config by a multi-step input and writes it beside its data. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { Objective } from '../../trainer-core/protocol/events.js';
import { configText, dataName, writeNewFile } from './configFile.js';
import { type DistillationDraft, newDistillation } from './newDistillation.js';
import { type FineTuningDraft, newFineTuning } from './newFineTuning.js';
import { newPretraining, type PretrainingDraft } from './newPretraining.js';
import type { Settings } from './presetChoices.js';
import { CONFIG_SUFFIX } from './trainings.js';

/** What the questions came to. */
export interface Answers {
  /** The data that the config is written beside and named after. */
  beside: string;
  /** The settings that are paths, absolute. */
  paths: Readonly<Record<string, string | readonly string[] | null>>;
  settings: Settings;
}

/** The answers given so far, kept while the window lives: who cancels loses nothing. */
export interface Drafts {
  distill: DistillationDraft;
  finetune: FineTuningDraft;
  pretrain: PretrainingDraft;
}

/** Asks (not for the corpus of a distillation, where it is given), writes the config, and opens it beside what is open; its path, or undefined when the user cancelled, and then nothing is written. */
export async function newConfig(
  context: vscode.ExtensionContext,
  objective: Objective,
  drafts: Drafts,
  workspace: string,
  corpus?: string,
): Promise<string | undefined> {
  const answers = await ask(context, objective, drafts, workspace, corpus);
  if (!answers) return undefined;
  const { beside, paths, settings } = answers;
  const folder = configFolder(beside, workspace);
  const file = await writeNewFile(
    folder,
    dataName(beside),
    CONFIG_SUFFIX[objective],
    configText(folder, paths, settings),
  );
  drafts[objective] = {};
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    // Beside nothing there would only be an empty half.
    viewColumn: vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
    preserveFocus: true,
    preview: false,
  });
  return file;
}

function ask(
  context: vscode.ExtensionContext,
  objective: Objective,
  drafts: Drafts,
  workspace: string,
  corpus: string | undefined,
): Promise<Answers | undefined> {
  switch (objective) {
    case 'distill':
      return newDistillation(context, drafts.distill, corpus);
    case 'finetune':
      return newFineTuning(context, drafts.finetune);
    case 'pretrain':
      return newPretraining(context, drafts.pretrain, (corpus) => configFolder(corpus, workspace));
  }
}

/** Beside the data; where that lies outside of the open folders, nobody would look for a config, so it goes into `workspace`. */
function configFolder(data: string, workspace: string): string {
  const parent = path.dirname(data);
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(parent)) ? parent : workspace;
}
