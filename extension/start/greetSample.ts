/** Shows the next steps in a sample workspace that was just opened: opening a folder starts a new extension host, which must be told. */

import * as vscode from 'vscode';

/** Where the folder about to be opened is kept. */
export const OPENED_SAMPLE = 'openedSample';

/** Opens README.md, once, if this window is the sample's. */
export async function greetSample({ globalState }: vscode.ExtensionContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder || globalState.get(OPENED_SAMPLE) !== folder.fsPath) return;
  await globalState.update(OPENED_SAMPLE, undefined);
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(folder, 'README.md'));
}
