/** The open folder that runs and models go into; without one there is nowhere to keep them. */

import * as vscode from 'vscode';

/** The folder that `file` belongs to, else the first one, as a path. Without any it says so, offers to open one, and gives undefined. */
export function openFolder(file?: string): string | undefined {
  const own = file === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  const folder = own ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder) void offerFolder();
  return folder?.uri.fsPath;
}

async function offerFolder(): Promise<void> {
  const open = vscode.l10n.t('Open Folder…');
  const sample = vscode.l10n.t('Open Sample Workspace');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Open a folder first: runs and models are kept in it.'),
    open,
    sample,
  );
  if (chosen === open) await vscode.commands.executeCommand('workbench.action.files.openFolder');
  if (chosen === sample) await vscode.commands.executeCommand('distilbertStudio.openSampleWorkspace');
}
