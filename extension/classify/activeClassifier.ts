/** The window's one classifier: which model it is (a setting), and the process that answers, started on first use. */

import path from 'node:path';
import * as vscode from 'vscode';
import { trainerProgram } from '../trainerProgram.js';
import { type Classification, ClassifierProcess } from './classifierProcess.js';

/** The setting that names the active classifier's folder. */
export const CLASSIFIER_SETTING = 'distilbertStudio.classifier';

/** Thrown by `classify` when no classifier is selected. */
export class NoClassifier extends Error {
  override readonly name = 'NoClassifier';

  constructor() {
    super(vscode.l10n.t('No classifier is selected. Run "DistilBERT: Select Classifier" first.'));
  }
}

/** Starts a process when it is first asked, and anew for another model or after one died. */
export class ActiveClassifier implements vscode.Disposable {
  readonly #extensionFolder: string;
  #running: { model: string; process: ClassifierProcess } | undefined;

  constructor(extensionFolder: string) {
    this.#extensionFolder = extensionFolder;
  }

  /** The folder that the setting names, absolute; undefined when it names none. */
  model(resource?: vscode.Uri): string | undefined {
    const folder = vscode.workspace.getConfiguration(undefined, resource).get(CLASSIFIER_SETTING, '').trim();
    if (folder === '') return undefined;
    const workspaceFolder = resource && vscode.workspace.getWorkspaceFolder(resource);
    return path.resolve((workspaceFolder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath ?? '', folder);
  }

  /** One answer a text, in order. Rejects with NoClassifier or ClassifierEnded. */
  async classify(texts: readonly string[], resource?: vscode.Uri): Promise<Classification[]> {
    const model = this.model(resource);
    if (model === undefined) throw new NoClassifier();
    return await this.#process(model).classify(texts);
  }

  /** Ends the process; the next question starts it again. */
  stop(): void {
    this.#running?.process.dispose();
    this.#running = undefined;
  }

  dispose(): void {
    this.stop();
  }

  #process(model: string): ClassifierProcess {
    if (this.#running?.model !== model || !this.#running.process.alive) {
      this.stop();
      const program = trainerProgram(this.#extensionFolder, ['classify', '--model', model, '--json']);
      this.#running = { model, process: new ClassifierProcess(program) };
    }
    return this.#running.process;
  }
}
