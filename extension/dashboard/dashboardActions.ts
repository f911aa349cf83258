/** What the dashboard asks the extension to do: act on a run, open an example's line, copy, save a picture. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunAction } from '../../trainer-core/protocol/dashboardMessages.js';
import { plainText } from '../plainText.js';

const NOTICE_MS = 4000;

/** The command that does it; each takes the run's folder and has its own words for what goes wrong. */
const COMMANDS: Record<RunAction, string> = {
  stop: 'distilbertStudio.stopRun',
  resume: 'distilbertStudio.resumeRun',
  saveCheckpoint: 'distilbertStudio.saveCheckpoint',
  reveal: 'distilbertStudio.revealRun',
  showLog: 'distilbertStudio.showTrainerLog',
};

/** Does one of the run's actions. */
export async function actOnRun(action: RunAction, folder: string): Promise<void> {
  await vscode.commands.executeCommand(COMMANDS[action], folder);
}

/** Opens the data file of a run's split, or the one named, with this line selected; one outside the workspace only after the user agrees. */
export async function openExample(folder: string, split: 'dev' | 'test', line: number, named?: string): Promise<void> {
  const config = JSON.parse(await readFile(path.join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  const file = named ?? config[split];
  if (typeof file !== 'string') {
    throw new Error(vscode.l10n.t('The settings of this run do not name the data file of this evaluation.'));
  }
  const uri = vscode.Uri.file(path.resolve(folder, file));
  if (!vscode.workspace.getWorkspaceFolder(uri) && !(await mayOpen(uri))) return;
  const start = new vscode.Position(line - 1, 0);
  const selection = new vscode.Range(start, new vscode.Position(line - 1, Number.MAX_SAFE_INTEGER));
  // Not showTextDocument, which refuses files of more than 50 MB.
  await vscode.commands.executeCommand('vscode.open', uri, { selection, preview: true });
}

async function mayOpen(uri: vscode.Uri): Promise<boolean> {
  const open = vscode.l10n.t('Open');
  const question = vscode.l10n.t('This data file lies outside the workspace. Open it?');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: uri.fsPath }, open)) === open;
}

/** Puts a text on the clipboard and says so. */
export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Copied.')}`, NOTICE_MS);
}

/** Asks where a picture goes, and writes it there. */
export async function savePicture(name: string, format: 'png' | 'svg', base64: string): Promise<void> {
  const file = `${name.replace(/[\\/:*?"<>|\s]+/g, '-')}.${format}`;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(root ? { defaultUri: vscode.Uri.joinPath(root, file) } : {}),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(base64, 'base64'));
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('The picture was saved as {0}.', plainText(path.basename(target.fsPath))),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand('vscode.open', target);
}
