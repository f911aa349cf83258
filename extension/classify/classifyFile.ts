/** The command "Classify File": a file of any size, a line a text, into `NAME.classified.tsv` beside it. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FileClassified } from '../../trainer-core/protocol/jobs.js';
import { deviceFlag } from '../device/deviceSetting.js';
import { mayReplace } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import type { ActiveClassifier } from './activeClassifier.js';
import { offerClassifier } from './offerClassifier.js';
import { thresholdFlag } from './threshold.js';

/** A larger result is shown in the explorer: the editor would open it slowly, or not at all. */
const OPENED_BYTES = 20 * 1024 * 1024;

/** Asks for a file when none is given. Resolves with what was written; undefined when it was called off. */
export async function classifyFile(
  extensionFolder: string,
  classifier: ActiveClassifier,
  file?: vscode.Uri,
): Promise<FileClassified | undefined> {
  const input = file ?? (await askForFile());
  if (!input) return undefined;
  const model = await classifier.consented();
  if (model === undefined) {
    void offerClassifier(() => classifyFile(extensionFolder, classifier, input));
    return undefined;
  }
  const output = classifiedFile(input.fsPath);
  if (!(await mayReplace(output, path.basename(output)))) return undefined;
  const title = vscode.l10n.t('Classifying {0}', path.basename(input.fsPath));
  const args = [
    'classify',
    '--model',
    model,
    '--input',
    input.fsPath,
    '--output',
    output,
    ...deviceFlag(),
    ...thresholdFlag(),
  ];
  const result = await runJobWithNotification<FileClassified>(extensionFolder, title, args);
  if (result) void show(result);
  return result;
}

/** `news.txt` → `news.classified.tsv`, in the same folder. */
function classifiedFile(input: string): string {
  const { dir, name } = path.parse(input);
  return path.join(dir, `${name}.classified.tsv`);
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const open = vscode.window.activeTextEditor?.document.uri;
  const chosen = await vscode.window.showOpenDialog({
    ...(open?.scheme === 'file' ? { defaultUri: open } : {}),
    title: vscode.l10n.t('File to classify, one text a line'),
    openLabel: vscode.l10n.t('Classify'),
  });
  return chosen?.[0];
}

async function show({ output, lines }: FileClassified): Promise<void> {
  const uri = vscode.Uri.file(output);
  if ((await stat(output)).size <= OPENED_BYTES) await vscode.window.showTextDocument(uri, { preview: true });
  else await vscode.commands.executeCommand('revealInExplorer', uri);
  const count = lines.toLocaleString(vscode.env.language);
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} lines classified into {1}', count, path.basename(output)),
    10_000,
  );
}
