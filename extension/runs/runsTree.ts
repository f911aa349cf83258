/** The tree of runs; its elements are the runs' folders, which is also what commands get from it. */

import * as vscode from 'vscode';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { contextValue } from './runActions.js';
import type { RunStore } from './runStore.js';
import { description, details, objectiveText, tooltip } from './runText.js';

/** The view's id in package.json. */
const RUNS_VIEW = 'distilbertStudio.runs';

/** A row that is drawn anew under the pointer loses its tooltip, so not at every step. */
const REDRAW_MS = 1000;

const ICONS: Readonly<Record<RunStatus, vscode.ThemeIcon>> = {
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  finished: new vscode.ThemeIcon('check', new vscode.ThemeColor('charts.green')),
  stopped: new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  interrupted: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
};

/** Shows the runs of `runs` for as long as it is not disposed. */
export function createRunsTree(runs: RunStore): vscode.Disposable {
  const redraw = new vscode.EventEmitter<void>();
  let read: Promise<void> | undefined;
  const provider: vscode.TreeDataProvider<string> = {
    onDidChangeTreeData: redraw.event,
    async getChildren(parent) {
      if (parent !== undefined) return [];
      // Until they are read there is nothing to say, not even that there are none.
      read ??= runs.refresh();
      await read;
      return runs.runs.map(({ folder }) => folder);
    },
    getTreeItem: (folder) => treeItem(folder, runs.find(folder)),
    getParent: () => undefined,
  };
  const view = vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: provider, canSelectMany: true });
  let timer: NodeJS.Timeout | undefined;
  const changed = runs.onDidChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      redraw.fire();
    }, REDRAW_MS);
  });
  return vscode.Disposable.from(view, redraw, changed, { dispose: () => clearTimeout(timer) });
}

function treeItem(folder: string, run: RunSummary | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(run?.name ?? folder);
  item.id = folder;
  // It was deleted since the list was made; the next list follows at once.
  if (!run) return item;
  item.description = description(run);
  item.iconPath = ICONS[run.status];
  item.tooltip = tooltip(run);
  item.contextValue = contextValue(run);
  item.command = {
    command: 'distilbertStudio.openDashboard',
    title: vscode.l10n.t('Open Dashboard'),
    arguments: [[folder]],
  };
  const facts = details(run).map(({ label, text }) => `${label} ${text}`);
  item.accessibilityInformation = { label: [run.name, objectiveText(run), ...facts].join(', ') };
  return item;
}
