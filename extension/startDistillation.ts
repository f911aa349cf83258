/** The command "Start Distillation": chooses a config and runs the trainer on it as a task, so that its progress has a terminal. */

import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from './displayLanguage.js';
import { runFolderName } from './runFolderName.js';
import { trainerProgram } from './trainerProgram.js';

/** Asks for a config, then starts the task; resolves with it, or with undefined when the user chose nothing. */
export async function startDistillation(context: vscode.ExtensionContext): Promise<vscode.TaskExecution | undefined> {
  const config = await pickConfig(context);
  if (!config) return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(config) ?? vscode.workspace.workspaceFolders?.[0];
  // Without a folder open there is still a place of our own that outlives the window.
  const parent = folder?.uri.fsPath ?? context.globalStorageUri.fsPath;
  const out = path.join(parent, 'runs', runFolderName(config.fsPath, new Date()));
  const execution = await vscode.tasks.executeTask(distillationTask(context, config.fsPath, out, folder));
  await vscode.commands.executeCommand('distilbertStudio.dashboard.focus', { preserveFocus: true });
  return execution;
}

/** The trainer's `distill` on one config, in a terminal of its own. */
function distillationTask(
  context: vscode.ExtensionContext,
  config: string,
  out: string,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.Task {
  const words = ['distill', '--config', config, '--out', out, '--lang', displayLanguage()];
  const { command, args, env } = trainerProgram(context.extensionPath, words);
  const task = new vscode.Task(
    { type: 'process' },
    folder ?? vscode.TaskScope.Workspace,
    vscode.l10n.t('Distillation {0}', path.basename(out)),
    'DistilBERT',
    new vscode.ProcessExecution(command, args, { cwd: path.dirname(config), env }),
  );
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated, focus: false };
  task.isBackground = true;
  return task;
}

/** The workspace's configs and the extension's samples, by a quick pick; one config alone still asks, for training is long. */
async function pickConfig(context: vscode.ExtensionContext): Promise<vscode.Uri | undefined> {
  const [own, samples] = await Promise.all([
    vscode.workspace.findFiles('**/*.distill.json', '**/node_modules/**'),
    sampleConfigs(vscode.Uri.joinPath(context.extensionUri, 'media', 'sample')),
  ]);
  const item = (uri: vscode.Uri, description: string) => ({ uri, label: path.basename(uri.fsPath), description });
  const items = [
    ...own
      .map((uri) => item(uri, vscode.workspace.asRelativePath(uri)))
      .sort((a, b) => (a.description < b.description ? -1 : 1)),
    ...samples.map((uri) => item(uri, vscode.l10n.t('sample of the extension'))),
  ];
  const browse = { uri: undefined, label: vscode.l10n.t('Choose another file…'), alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...items, browse], {
    title: vscode.l10n.t('Start Distillation'),
    placeHolder: vscode.l10n.t('Config of the distillation (*.distill.json)'),
  });
  if (!picked || picked.uri) return picked?.uri;
  const chosen = await vscode.window.showOpenDialog({
    filters: { [vscode.l10n.t('Distillation config')]: ['json'] },
    openLabel: vscode.l10n.t('Start Distillation'),
  });
  return chosen?.[0];
}

/** The `*.distill.json` files that came with the extension. */
async function sampleConfigs(folder: vscode.Uri): Promise<vscode.Uri[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  return entries.flatMap(([name]) => (name.endsWith('.distill.json') ? [vscode.Uri.joinPath(folder, name)] : []));
}
