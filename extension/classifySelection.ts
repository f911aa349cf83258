/** The command "Classify Selection": each selected line goes to the active classifier, and its label appears behind it. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { ClassificationDecorations } from './classificationDecorations.js';
import { type Classification, ClassifierProcess } from './classifierProcess.js';
import { errorMessage } from './errorMessages.js';
import { linesOf } from './selectedLines.js';
import { trainerProgram } from './trainerProgram.js';

/** The setting that names the active classifier's folder. */
const SETTING = 'distilbertStudio.classifier';

/** The window's one classifier process, started on first use and started anew for another model or after it died. */
export class ActiveClassifier implements vscode.Disposable {
  readonly #extensionFolder: string;
  #running: { model: string; process: ClassifierProcess } | undefined;

  constructor(extensionFolder: string) {
    this.#extensionFolder = extensionFolder;
  }

  /** The process for a model folder, warm if it was used before. */
  for(model: string): ClassifierProcess {
    if (this.#running?.model !== model || !this.#running.process.alive) {
      this.dispose();
      const program = trainerProgram(this.#extensionFolder, ['classify', '--model', model, '--json']);
      this.#running = { model, process: new ClassifierProcess(program) };
    }
    return this.#running.process;
  }

  dispose(): void {
    this.#running?.process.dispose();
    this.#running = undefined;
  }
}

/** Classifies the selected lines (without a selection: the current line) and shows the labels; resolves with them, or with [] when there was nothing to do. */
export async function classifySelection(
  classifier: ActiveClassifier,
  decorations: ClassificationDecorations,
): Promise<Classification[]> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const model = configuredModel(editor.document.uri);
  if (model === undefined) {
    void offerClassifier();
    return [];
  }
  const lines = linesOf(editor);
  if (lines.length === 0) return [];
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Classifying…') };
  const { version } = editor.document;
  try {
    const answers = await vscode.window.withProgress(progress, () =>
      classifier.for(model).classify(lines.map((line) => line.text)),
    );
    // Labels belong to the text that was sent; behind edited lines they would lie.
    if (editor.document.version === version) decorations.show(editor, lines, answers);
    return answers;
  } catch (error) {
    void vscode.window.showErrorMessage(errorMessage(error));
    return [];
  }
}

/** The folder that the setting names, absolute; undefined when it names none. */
function configuredModel(resource: vscode.Uri): string | undefined {
  const folder = vscode.workspace.getConfiguration(undefined, resource).get(SETTING, '').trim();
  if (folder === '') return undefined;
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(resource) ?? vscode.workspace.workspaceFolders?.[0];
  return path.resolve(workspaceFolder?.uri.fsPath ?? '', folder);
}

/** Says what is missing, and takes the user to the next step. */
async function offerClassifier(): Promise<void> {
  const choose = vscode.l10n.t('Choose Folder…');
  const settings = vscode.l10n.t('Open Settings');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No classifier is set. Choose the folder of a fine-tuned model, such as the "final" folder of a run.',
    ),
    choose,
    settings,
  );
  if (answer === settings) await vscode.commands.executeCommand('workbench.action.openSettings', SETTING);
  if (answer !== choose) return;
  const chosen = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false });
  if (!chosen?.[0]) return;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration().update(SETTING, chosen[0].fsPath, target);
  await vscode.commands.executeCommand('distilbertStudio.classifySelection');
}
