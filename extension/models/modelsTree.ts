/** The view "Models": teachers, students and classifiers of the workspace, the active classifier marked. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from '../classify/activeClassifier.js';
import { modelDetails } from './modelDetails.js';
import type { Model, ModelKind } from './modelFolder.js';
import type { ModelStore } from './modelStore.js';

/** The view's id in the manifest. */
export const MODELS_VIEW = 'distilbertStudio.models';

/** A heading with the models under it. */
interface Group {
  kind: ModelKind;
  models: Model[];
}

const ICONS: Record<ModelKind, string> = { teacher: 'mortar-board', student: 'person', classifier: 'tag' };
const KINDS = ['teacher', 'student', 'classifier'] as const;

/** Rows are groups, then models. */
export class ModelsTree implements vscode.TreeDataProvider<Group | Model> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #store: ModelStore;
  readonly #classifier: ActiveClassifier;
  readonly #listener: vscode.Disposable;
  #read = false;

  constructor(store: ModelStore, classifier: ActiveClassifier) {
    this.#store = store;
    this.#classifier = classifier;
    const changed = () => this.#changed.fire();
    this.#listener = vscode.Disposable.from(store.onDidChange(changed), classifier.onDidChange(changed));
  }

  async getChildren(parent?: Group | Model): Promise<(Group | Model)[]> {
    if (parent) return 'models' in parent ? parent.models : [];
    if (!this.#read) {
      this.#read = true;
      await this.#store.refresh();
    }
    const groups = KINDS.map((kind) => ({ kind, models: this.#store.models.filter((model) => model.kind === kind) }));
    return groups.filter(({ models }) => models.length > 0);
  }

  getTreeItem(element: Group | Model): vscode.TreeItem {
    return 'models' in element ? groupItem(element) : this.#modelItem(element);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #modelItem(model: Model): vscode.TreeItem {
    const active = model.folder === this.#classifier.model;
    const item = new vscode.TreeItem(model.name);
    item.id = model.folder;
    const details = modelDetails(model);
    item.description = active ? `${vscode.l10n.t('active')} · ${details}` : details;
    item.iconPath = active
      ? new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon(ICONS[model.kind]);
    item.tooltip = [model.folder, item.description, model.labels.join(', ')].filter((line) => line !== '').join('\n');
    item.contextValue = model.kind === 'classifier' ? 'model classifier' : 'model';
    return item;
  }
}

function groupItem({ kind, models }: Group): vscode.TreeItem {
  const names: Record<ModelKind, string> = {
    teacher: vscode.l10n.t('Teachers'),
    student: vscode.l10n.t('Students'),
    classifier: vscode.l10n.t('Classifiers'),
  };
  const item = new vscode.TreeItem(names[kind], vscode.TreeItemCollapsibleState.Expanded);
  item.id = kind;
  item.description = String(models.length);
  return item;
}
