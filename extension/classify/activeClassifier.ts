/** The window's one classifier: which model it is (a setting), and the process that answers, started on first use. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { Classification } from '../api.js';
import { DEVICE_SETTING, deviceFlag, POWER_SETTING } from '../device/deviceSetting.js';
import { modelName } from '../models/modelName.js';
import { isInside } from '../pathsOutside.js';
import { trainerProgram } from '../trainerProgram.js';
import type { ClassifierProcess, ClassifyOptions, Explained } from './classifierProcess.js';
import { allowModel, mayUseModel } from './modelConsent.js';

/** The setting that names the active classifier's folder. */
export const CLASSIFIER_SETTING = 'distilbertStudio.classifier';

/** Thrown by `classify` when no classifier is selected. */
export class NoClassifier extends Error {
  override readonly name = 'NoClassifier';

  constructor() {
    super(vscode.l10n.t('No classifier is selected. Run "DistilBERT: Select Classifier" first.'));
  }
}

/** Starts a process when it is first asked, and anew for other settings or after one died. */
export class ActiveClassifier implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after another classifier, or none, was selected. */
  readonly onDidChange = this.#changed.event;
  readonly #listener = vscode.workspace.onDidChangeConfiguration((change) => {
    const model = change.affectsConfiguration(CLASSIFIER_SETTING);
    const device = [DEVICE_SETTING, POWER_SETTING].some((setting) => change.affectsConfiguration(setting));
    if (model || device) this.stop();
    if (model) this.#changed.fire();
  });
  /** Folders whose place in or outside the workspace was looked at, so that a warm question need not. */
  readonly #allowed = new Set<string>();
  #running: { model: string; process: ClassifierProcess } | undefined;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  /** The folder that the setting names, absolute; undefined when it names none. A relative path starts at the first workspace folder. */
  get model(): string | undefined {
    const folder = vscode.workspace.getConfiguration().get(CLASSIFIER_SETTING, '').trim();
    if (folder === '') return undefined;
    return path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', folder);
  }

  /** What to call it; undefined when none is selected. */
  get name(): string | undefined {
    const model = this.model;
    return model === undefined ? undefined : modelName(model);
  }

  /** Whether the next question is answered without loading the model. */
  get warm(): boolean {
    return this.#running?.process.warm === true && this.#running.process.alive;
  }

  /**
   * One answer a text, in order; fewer only when the signal was aborted. Rejects with NoClassifier, with ClassifierEnded, and with a
   * CancellationError when the user does not want a model from outside the workspace.
   */
  async classify(texts: readonly string[], options?: ClassifyOptions): Promise<Classification[]> {
    const model = this.model;
    if (model === undefined) throw new NoClassifier();
    if (!this.#allowed.has(model)) await this.consented();
    const process = this.#process(model) ?? (await this.#start(model));
    return await process.classify(texts, options);
  }

  /**
   * As `classify`, with what each word adds to the label, by a process of its own that ends with the call: explaining is asked for seldom,
   * and takes long enough for a second of loading. It ends at once when the signal is aborted.
   */
  async explain(texts: readonly string[], options?: ClassifyOptions): Promise<Explained[]> {
    const model = await this.consented();
    if (model === undefined) throw new NoClassifier();
    const { ClassifierProcess, explainedLine } = await import('./classifierProcess.js');
    const args = ['explain', '--model', model, '--json', ...deviceFlag()];
    const process = new ClassifierProcess(trainerProgram(this.#context.extensionPath, args), explainedLine);
    return await process.classify(texts, options).finally(() => process.dispose());
  }

  /** The model's folder once it may be used; undefined when none is selected. Throws a CancellationError when the user does not want it. */
  async consented(): Promise<string | undefined> {
    const model = this.model;
    if (model === undefined || this.#allowed.has(model)) return model;
    if (!(await mayUseModel(model, CLASSIFIER_SETTING, this.#context.workspaceState)))
      throw new vscode.CancellationError();
    this.#allowed.add(model);
    return model;
  }

  /** Makes this folder the active classifier, in the workspace's settings if there is a workspace. */
  async select(folder: string): Promise<void> {
    await allowModel(folder, this.#context.workspaceState);
    const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const isRelative = root !== undefined && isInside(root, folder);
    const value = isRelative ? path.relative(root, folder).split(path.sep).join('/') || '.' : folder;
    const { Workspace, Global } = vscode.ConfigurationTarget;
    await vscode.workspace
      .getConfiguration()
      .update(CLASSIFIER_SETTING, value, root === undefined ? Global : Workspace);
  }

  /** Ends the process; the next question starts it again. */
  stop(): void {
    this.#running?.process.dispose();
    this.#running = undefined;
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
    this.stop();
  }

  #process(model: string): ClassifierProcess | undefined {
    return this.#running?.model === model && this.#running.process.alive ? this.#running.process : undefined;
  }

  async #start(model: string): Promise<ClassifierProcess> {
    // Loaded with the first question: activation must not wait for it.
    const { ClassifierProcess, classifiedLine } = await import('./classifierProcess.js');
    const started = this.#process(model);
    if (started) return started;
    this.stop();
    const args = ['classify', '--model', model, '--json', ...deviceFlag()];
    const process = new ClassifierProcess(trainerProgram(this.#context.extensionPath, args), classifiedLine);
    this.#running = { model, process };
    return process;
  }
}
