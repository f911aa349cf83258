/** The command "Show Model Card": what the trainer says of a model, in the editor's Markdown preview. */

import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { displayLanguage } from '../displayLanguage.js';
import { TrainerEnded } from '../trainerJob.js';
import { trainerProgram } from '../trainerProgram.js';
import { type CardFiles, cardText } from './cardText.js';
import { modelName } from './modelName.js';

/** Addresses of model cards: the path is a file name to show, the query the model's folder. */
const SCHEME = 'distilbert-model-card';

/** Makes the cards' texts when the editor asks for them. */
export function registerModelCards(extensionFolder: string): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ query }, token) => card(extensionFolder, query, token),
  });
}

/** Opens the card; rejects with TrainerEnded where it cannot be made. */
export async function showModelCard(folder: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${modelName(folder).replaceAll('/', '-')}.md`, query: folder });
  await vscode.workspace.openTextDocument(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

function card(extensionFolder: string, folder: string, token: vscode.CancellationToken): Promise<string> {
  const args = ['card', '--model', folder, '--json', '--lang', displayLanguage()];
  const { command, args: all, env } = trainerProgram(extensionFolder, args);
  return new Promise((resolve, reject) => {
    const child = execFile(command, all, { env: { ...process.env, ...env } }, (cause, stdout, stderr) =>
      cause ? reject(new TrainerEnded(stderr, { cause })) : resolve(cardText(JSON.parse(stdout) as CardFiles)),
    );
    token.onCancellationRequested(() => child.kill());
  });
}
