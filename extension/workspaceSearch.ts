/** How runs and models are looked for. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** The paths of the workspace's files that match; none while the window is closing. */
export async function searchFiles(include: string, exclude: string, most?: number): Promise<string[]> {
  const found = await vscode.workspace.findFiles(include, exclude, most).then(
    (uris) => uris,
    () => [], // The window is closing.
  );
  return found.map(({ fsPath }) => fsPath);
}

/** The folders in a folder, hidden ones left out; none where there is no such folder. Settings cannot hide them, as they can from a search. */
export async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return shown.map(({ name }) => path.join(folder, name));
}
