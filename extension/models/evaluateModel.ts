/** The command "Evaluate Model": a classifier's scores on labelled text, into `NAME.evaluation` beside it, and shown as a page. */

import path from 'node:path';
import * as vscode from 'vscode';
import { EVALUATION_FILES } from '../../trainer-core/protocol/evaluation.js';
import type { ModelEvaluated } from '../../trainer-core/protocol/jobs.js';
import { deviceFlag } from '../device/deviceSetting.js';
import { mayReplace } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { chooseModel, type ModelArgument } from './chooseModel.js';
import { modelName } from './modelName.js';
import type { ModelStore } from './modelStore.js';

/** What the explorer gives for a data file, which is no folder. */
const DATA_FILE = /\.(tsv|csv|jsonl|ndjson|parquet)(\.(gz|bz2|zst))?$/i;

/**
 * `argument`: a model or a data file; what is missing is asked for. Resolves with the evaluation; undefined when it was called off.
 */
export async function evaluateModel(
  extensionFolder: string,
  store: ModelStore,
  argument?: ModelArgument,
  data?: vscode.Uri,
): Promise<ModelEvaluated | undefined> {
  const isData = argument instanceof vscode.Uri && DATA_FILE.test(argument.fsPath);
  const model = await chooseModel(store, isData ? undefined : argument);
  if (model === undefined) return undefined;
  const file = (isData ? argument : (data ?? (await askForData(model))))?.fsPath;
  if (file === undefined) return undefined;
  const out = path.join(path.dirname(file), `${path.basename(file).replace(DATA_FILE, '')}.evaluation`);
  if (!(await mayReplace(out, path.basename(out)))) return undefined;
  const title = vscode.l10n.t('Evaluating {0} on {1}', modelName(model), path.basename(file));
  const args = ['evaluate', '--model', model, '--data', file, '--out', out, ...deviceFlag()];
  const evaluated = await runJobWithNotification<ModelEvaluated>(extensionFolder, title, args);
  if (evaluated) {
    const page = vscode.Uri.file(path.join(out, EVALUATION_FILES.text));
    void vscode.commands.executeCommand('markdown.showPreview', page);
  }
  return evaluated;
}

async function askForData(model: string): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Labelled text to evaluate {0} on', modelName(model)),
    openLabel: vscode.l10n.t('Evaluate'),
    filters: { [vscode.l10n.t('Labelled text')]: ['tsv', 'csv', 'jsonl', 'ndjson', 'parquet', 'gz', 'bz2', 'zst'] },
  });
  return chosen?.[0];
}
