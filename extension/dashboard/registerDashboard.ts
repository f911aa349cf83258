/** The training dashboard in the side bar and in the editor. */

import * as vscode from 'vscode';
import { registerCommand } from '../registerCommand.js';
import type { RunStore } from '../runs/runStore.js';
import { webviewOptions, webviewPage } from '../webviewPage.js';
import { DashboardSession } from './dashboardSession.js';

/** The view's id in package.json. */
const DASHBOARD_VIEW = 'distilbertStudio.dashboard';
/** The type by which VS Code brings an editor's dashboard back after a reload. */
const DASHBOARD_PANEL = 'distilbertStudio.dashboardPanel';

/**
 * Registers them; what is returned ends with the window.
 * `openDashboard` and `openDashboardInEditor` take the folders of runs to show, the main one first.
 */
export function registerDashboard(context: vscode.ExtensionContext, runs: RunStore): vscode.Disposable[] {
  const { extensionUri } = context;
  let view: DashboardSession | undefined;
  let panel: { webview: vscode.WebviewPanel; session: DashboardSession } | undefined;
  /** Runs to show in a view that VS Code has yet to make. */
  let waiting: readonly string[] = [];

  const viewProvider: vscode.WebviewViewProvider = {
    resolveWebviewView(shown) {
      shown.webview.options = webviewOptions(extensionUri);
      const session = new DashboardSession(shown.webview, runs);
      view = session;
      session.show(waiting);
      waiting = [];
      shown.onDidChangeVisibility(() => {
        if (!shown.visible) session.pause();
      });
      shown.onDidDispose(() => {
        session.dispose();
        if (view === session) view = undefined;
      });
      shown.webview.html = webviewPage(shown.webview, extensionUri, 'webview', 'view');
    },
  };

  const adopt = (shown: vscode.WebviewPanel): DashboardSession => {
    shown.webview.options = webviewOptions(extensionUri);
    shown.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    const session = new DashboardSession(shown.webview, runs);
    panel = { webview: shown, session };
    shown.onDidChangeViewState(() => {
      if (!shown.visible) session.pause();
    });
    shown.onDidDispose(() => {
      session.dispose();
      if (panel?.webview === shown) panel = undefined;
    });
    shown.webview.html = webviewPage(shown.webview, extensionUri, 'webview', 'editor');
    return session;
  };

  const openInEditor = (argument: unknown) => {
    if (panel) panel.webview.reveal();
    const session =
      panel?.session ??
      adopt(
        vscode.window.createWebviewPanel(
          DASHBOARD_PANEL,
          vscode.l10n.t('Training Dashboard'),
          vscode.ViewColumn.Active,
          webviewOptions(extensionUri),
        ),
      );
    session.show(foldersOf(argument));
  };

  const open = async (argument: unknown) => {
    const folders = foldersOf(argument);
    if (view) view.show(folders);
    else waiting = folders;
    await vscode.commands.executeCommand(`${DASHBOARD_VIEW}.focus`);
  };

  return [
    vscode.window.registerWebviewViewProvider(DASHBOARD_VIEW, viewProvider),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD_PANEL, {
      async deserializeWebviewPanel(shown) {
        adopt(shown);
      },
    }),
    registerCommand('openDashboard', open),
    registerCommand('openDashboardInEditor', openInEditor),
  ];
}

/** A command's argument may come from anywhere: a menu passes things of its own. */
function foldersOf(argument: unknown): string[] {
  return Array.isArray(argument) ? argument.filter((each) => typeof each === 'string') : [];
}
