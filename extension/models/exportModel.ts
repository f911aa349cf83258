/** The command "Export Model": a model in a folder elsewhere, as Hugging Face's programs read it, or measured as ONNX for others. */

import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelWritten, OnnxWritten } from '../../trainer-core/protocol/jobs.js';
import { mayReplace } from '../existing.js';
import { runJobWithNotification } from '../jobNotification.js';
import { plainText } from '../plainText.js';
import { sizeText } from '../sizeText.js';
import { chooseFolder, chooseModel, type ModelArgument } from './chooseModel.js';
import { askExport, type ExportAnswers } from './exportQuestions.js';
import { modelName } from './modelName.js';
import type { ModelStore } from './modelStore.js';

/**
 * Exports the model to `target` as the answers say, by default as a Hugging Face folder; without `target` the user is asked for the
 * format, and for a folder in which the model gets one of its own name.
 * Resolves with what was written; undefined when it was called off.
 */
export async function exportModel(
  extensionFolder: string,
  store: ModelStore,
  argument?: ModelArgument,
  target?: string,
  given: ExportAnswers = { precisions: [] },
): Promise<ModelWritten | OnnxWritten | undefined> {
  const model = await chooseModel(store, argument);
  if (model === undefined) return undefined;
  const title = vscode.l10n.t('Exporting {0}', modelName(model));
  const answers = target === undefined ? await askExport(title, model) : given;
  if (!answers) return undefined;
  const out = target ?? (await chooseTarget(model, answers));
  if (out === undefined) return undefined;
  const { precisions, dev } = answers;
  const onnx = precisions.length > 0 ? ['--to', 'onnx', ...precisions.flatMap((each) => ['--precision', each])] : [];
  const args = ['export', '--model', model, '--out', out, ...onnx, ...(dev === undefined ? [] : ['--dev', dev])];
  const written = await runJobWithNotification<ModelWritten | OnnxWritten>(extensionFolder, title, args);
  if (written) void offerReveal(written);
  return written;
}

/** ONNX goes beside a folder that Transformers reads, not over it. */
async function chooseTarget(model: string, { precisions }: ExportAnswers): Promise<string | undefined> {
  const title = vscode.l10n.t('Folder to export {0} into', modelName(model));
  const parent = await chooseFolder(title, vscode.l10n.t('Export'));
  if (parent === undefined) return undefined;
  const name = modelName(model).replaceAll('/', '-');
  const out = path.join(parent, precisions.length > 0 ? `${name}-onnx` : name);
  return (await mayReplace(out, out)) ? out : undefined;
}

async function offerReveal(written: ModelWritten | OnnxWritten): Promise<void> {
  const { folder } = written;
  const reveal = vscode.l10n.t('Show Folder');
  const where = vscode.l10n.t('The model is in {0}.', plainText(folder));
  const figures = written.type === 'onnx' ? ` ${written.files.map(figuresOf).join('; ')}` : '';
  const answer = await vscode.window.showInformationMessage(`${where}${figures}`, reveal);
  if (answer === reveal) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}

/** `int8: 68 MB, 12.3 ms a sentence, as fp32 98.9 %`. */
function figuresOf({ precision, sizeBytes, sentenceMs, agreement }: OnnxWritten['files'][0]): string {
  const { language } = vscode.env;
  const time = sentenceMs.toLocaleString(language, { maximumFractionDigits: 1 });
  const parts = [sizeText(sizeBytes, language), vscode.l10n.t('{0} ms a sentence', time)];
  if (agreement !== null && precision !== 'fp32') {
    const part = agreement.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 });
    parts.push(vscode.l10n.t('answers as fp32 in {0}', part));
  }
  return `${precision}: ${parts.join(', ')}`;
}
