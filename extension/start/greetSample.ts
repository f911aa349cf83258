/** Shows the next steps in a sample workspace that was just opened: opening a folder starts a new extension host, which must be told. */

import * as vscode from 'vscode';
import { displayLanguage } from '../displayLanguage.js';

/** Where the folder about to be opened is kept. */
export const OPENED_SAMPLE = 'openedSample';

/** Opens its README in the user's language, once, if this window is the sample's. */
export async function greetSample({ globalState }: vscode.ExtensionContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder || globalState.get(OPENED_SAMPLE) !== folder.fsPath) return;
  await globalState.update(OPENED_SAMPLE, undefined);
  const readme = vscode.Uri.joinPath(folder, displayLanguage() === 'ja' ? 'README.ja.md' : 'README.md');
  await vscode.commands.executeCommand('markdown.showPreview', readme);
}
