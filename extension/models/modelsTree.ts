/** The view "Models": teachers, students and classifiers of the workspace, the active classifier marked; then its corpora. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from '../classify/activeClassifier.js';
import { corpusDetails } from '../corpus/corpusDetails.js';
import type { CorpusSummary } from '../corpus/corpusFolder.js';
import type { CorpusStore } from '../corpus/corpusStore.js';
import { modelDetails } from './modelDetails.js';
import type { Model, ModelKind } from './modelFolder.js';
import type { ModelStore } from './modelStore.js';

/** The view's id in the manifest. */
export const MODELS_VIEW = 'distilbertStudio.models';

/** What stands under the headings. */
type Row = Model | CorpusSummary;

/** A heading with its rows. */
interface Group {
  of: Row['kind'];
  rows: Row[];
}

const ICONS: Record<ModelKind, string> = { teacher: 'mortar-board', student: 'person', classifier: 'tag' };
const KINDS = ['teacher', 'student', 'classifier', 'corpus'] as const;

/** Groups, and in them models or corpora. */
export class ModelsTree implements vscode.TreeDataProvider<Group | Row> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #store: ModelStore;
  readonly #corpora: CorpusStore;
  readonly #classifier: ActiveClassifier;
  readonly #listener: vscode.Disposable;
  #read = false;

  constructor(store: ModelStore, corpora: CorpusStore, classifier: ActiveClassifier) {
    this.#store = store;
    this.#corpora = corpora;
    this.#classifier = classifier;
    const changed = () => this.#changed.fire();
    this.#listener = vscode.Disposable.from(
      store.onDidChange(changed),
      corpora.onDidChange(changed),
      classifier.onDidChange(changed),
    );
  }

  async getChildren(parent?: Group | Row): Promise<(Group | Row)[]> {
    if (parent) return 'rows' in parent ? parent.rows : [];
    if (!this.#read) {
      this.#read = true;
      await Promise.all([this.#store.refresh(), this.#corpora.refresh()]);
    }
    const rows = [...this.#store.items, ...this.#corpora.items];
    const groups = KINDS.map((of) => ({ of, rows: rows.filter(({ kind }) => kind === of) }));
    return groups.filter((group) => group.rows.length > 0);
  }

  getTreeItem(element: Group | Row): vscode.TreeItem {
    if ('rows' in element) return groupItem(element);
    return element.kind === 'corpus' ? corpusItem(element) : this.#modelItem(element);
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

/** A click shows its statistics. */
function corpusItem(corpus: CorpusSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(corpus.name);
  item.id = corpus.folder;
  item.description = corpusDetails(corpus);
  item.iconPath = new vscode.ThemeIcon('database');
  item.tooltip = [corpus.folder, item.description].join('\n');
  item.contextValue = 'corpus';
  const command = 'distilbertStudio.showCorpusStatistics';
  item.command = { command, title: vscode.l10n.t('Show Statistics'), arguments: [corpus.folder] };
  return item;
}

function groupItem({ of, rows }: Group): vscode.TreeItem {
  const names: Record<Row['kind'], string> = {
    teacher: vscode.l10n.t('Teachers'),
    student: vscode.l10n.t('Students'),
    classifier: vscode.l10n.t('Classifiers'),
    corpus: vscode.l10n.t('Corpora'),
  };
  const item = new vscode.TreeItem(names[of], vscode.TreeItemCollapsibleState.Expanded);
  item.id = of;
  item.description = String(rows.length);
  return item;
}
