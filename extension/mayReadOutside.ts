/** Leave to read and write outside of the workspace. */

import * as vscode from 'vscode';
import { pathsOutside } from './pathsOutside.js';

/** Asks `question` where some of `paths` lie outside of the workspace and our own folders; false when the user does not want it. */
export async function mayReadOutside(
  { extensionPath, globalStorageUri }: vscode.ExtensionContext,
  paths: readonly string[],
  question: string,
  yes: string,
): Promise<boolean> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const outside = await pathsOutside(paths, [...folders, extensionPath, globalStorageUri.fsPath]);
  if (outside.length === 0) return true;
  const options = { modal: true, detail: outside.join('\n') };
  return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
}
