/** The statistics of a corpus as a read-only editor of its corpus.json, which follows the file. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { CorpusAction, CorpusPageMessage } from '../../trainer-core/protocol/corpusMessages.js';
import { errorMessage } from '../errorMessages.js';
import { webviewOptions, webviewPage } from '../webviewPage.js';
import type { CorpusSummary } from './corpusFolder.js';

/** The editor's type in the manifest. */
export const STATISTICS_EDITOR = 'distilbertStudio.corpusStatistics';

/** Registers the editor. VS Code brings it back after a reload. */
export function registerStatisticsEditor({ extensionUri }: vscode.ExtensionContext): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(STATISTICS_EDITOR, {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel) {
      panel.webview.options = webviewOptions(extensionUri);
      const session = showStatistics(uri, panel.webview);
      panel.onDidDispose(() => session.dispose());
      panel.webview.html = webviewPage(panel.webview, extensionUri, 'corpus', 'editor');
    },
  });
}

/** Tells the page what the file says whenever it is ready (it is loaded anew each time it was hidden) and after each change. */
function showStatistics(file: vscode.Uri, webview: vscode.Webview): vscode.Disposable {
  const folder = vscode.Uri.joinPath(file, '..');
  const tell = async () => void webview.postMessage(await contentsOf(folder.fsPath));
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(folder, path.posix.basename(file.path)),
  );
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(tell),
    watcher.onDidChange(tell),
    watcher.onDidDelete(tell),
    webview.onDidReceiveMessage(async (data: unknown) => {
      const { corpusViewMessage } = await import('../../trainer-core/protocol/corpusMessages.js');
      const { success, data: message } = corpusViewMessage.safeParse(data);
      if (!success) return;
      if (message.type === 'ready') await tell();
      else await act(message.action, file, folder);
    }),
  );
}

async function contentsOf(folder: string): Promise<CorpusPageMessage> {
  // The schemas are loaded with the first page: activation must not wait for them.
  const { readCorpusManifest } = await import('./corpusFolder.js');
  try {
    const manifest = await readCorpusManifest(folder);
    const shown = vscode.workspace.asRelativePath(folder);
    return { type: 'corpus', name: path.basename(folder), folder: shown, manifest };
  } catch (error) {
    return { type: 'problem', message: errorMessage(error) };
  }
}

async function act(action: CorpusAction, file: vscode.Uri, folder: vscode.Uri): Promise<void> {
  switch (action) {
    case 'startDistillation': {
      const corpus: Pick<CorpusSummary, 'kind' | 'folder'> = { kind: 'corpus', folder: folder.fsPath };
      return await vscode.commands.executeCommand('distilbertStudio.startDistillation', corpus);
    }
    case 'revealFolder':
      return await vscode.commands.executeCommand('revealInExplorer', folder);
    case 'openText':
      return await vscode.commands.executeCommand('vscode.openWith', file, 'default');
  }
}
