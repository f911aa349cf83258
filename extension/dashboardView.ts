/** The Training Dashboard in the activity bar: lists the workspace's runs and follows their files while it is visible. */

import path from 'node:path';
import * as vscode from 'vscode';
import {
  type ExtensionToDashboard,
  isDashboardMessage,
  type MessageOf,
  type RunSummary,
} from '../trainer-core/protocol/dashboardMessages.js';
import { dashboardPage } from './dashboardPage.js';
import { readRunSummary } from './runSummary.js';

/** The view's id in package.json. */
export const DASHBOARD_VIEW = 'distilbertStudio.dashboard';

/** Many steps may be written between two frames; one reading in this time is as good to the eye. */
const REFRESH_MS = 300;

/** Makes the view when VS Code first shows it. */
export class DashboardView implements vscode.WebviewViewProvider {
  readonly #extensionUri: vscode.Uri;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const roots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(this.#extensionUri, folder));
    view.webview.options = { enableScripts: true, localResourceRoots: roots };
    view.webview.html = dashboardPage(view.webview, this.#extensionUri);

    const refresh = throttle(async () => {
      if (view.visible) await post(view.webview, { type: 'runs', runs: await findRuns() });
    }, REFRESH_MS);
    const watcher = vscode.workspace.createFileSystemWatcher('**/{state.json,metrics.jsonl}');
    const subscriptions = [
      watcher,
      watcher.onDidCreate(refresh),
      watcher.onDidChange(refresh),
      watcher.onDidDelete(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      view.onDidChangeVisibility(refresh),
      view.webview.onDidReceiveMessage((message: unknown) => receive(message, refresh)),
    ];
    view.onDidDispose(() => vscode.Disposable.from(...subscriptions).dispose());
  }
}

/** Every run folder of the workspace, newest first. */
async function findRuns(): Promise<RunSummary[]> {
  const states = await vscode.workspace.findFiles('**/state.json', '**/node_modules/**');
  const runs = await Promise.all(states.map((uri) => readRunSummary(path.dirname(uri.fsPath))));
  return runs.filter((run) => run !== undefined).sort((a, b) => b.updatedMs - a.updatedMs);
}

function receive(message: unknown, refresh: () => void): void {
  if (!isDashboardMessage(message)) return;
  switch (message.type) {
    case 'ready':
      refresh();
      break;
    case 'startDistillation':
      void vscode.commands.executeCommand('distilbertStudio.startDistillation');
      break;
    case 'revealRun':
      void vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(message.folder));
      break;
  }
}

function post(webview: vscode.Webview, message: MessageOf<ExtensionToDashboard>): Thenable<boolean> {
  return webview.postMessage(message);
}

/** Runs `task` at once, then at most every `ms`; a call in between is made up for at the end, so the last one always counts. */
function throttle(task: () => Promise<void>, ms: number): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    await Promise.all([task(), new Promise((resolve) => setTimeout(resolve, ms))]).catch(console.error);
    busy = false;
    if (again) {
      again = false;
      void run();
    }
  };
  return () => void run();
}
