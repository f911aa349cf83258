/** The command "Build Corpus": questions, leave for what lies elsewhere, the build, and what came of it. */

import * as vscode from 'vscode';
import type { CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import type { CorpusBuilt } from '../../trainer-core/protocol/jobs.js';
import { runJobWithNotification } from '../jobNotification.js';
import { mayReadOutside } from '../mayReadOutside.js';
import { plainText } from '../plainText.js';
import { showCommandError } from '../registerCommand.js';
import { compact } from '../start/estimateFigures.js';
import { openFolder } from '../start/openFolder.js';
import { SEQUENCE_FLAGS } from './corpusChoices.js';
import { type CorpusSummary, readCorpusManifest } from './corpusFolder.js';
import { type CorpusDraft, type CorpusOrder, newCorpus } from './newCorpus.js';

/**
 * Builds a corpus from `inputs`, files and folders, or from what the user chooses; `draft` keeps the answers while the window lives.
 * Resolves with the corpus's folder; undefined when the user cancelled. Rejects with TrainerEnded.
 */
export async function buildCorpus(
  context: vscode.ExtensionContext,
  draft: CorpusDraft,
  inputs?: readonly string[],
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Building a corpus starts a program, so it needs a trusted workspace.'));
  const workspace = openFolder(inputs?.[0]);
  if (workspace === undefined) return undefined;
  const order = await newCorpus(context, draft, workspace, inputs);
  if (!order) return undefined;
  const allowed = await mayReadOutside(
    context,
    [...order.inputs, order.tokenizer, order.out],
    vscode.l10n.t('Building this corpus uses files outside of the workspace. Continue?'),
    vscode.l10n.t('Use Them'),
  );
  return allowed ? await build(context, order, draft) : undefined;
}

async function build(
  context: vscode.ExtensionContext,
  order: CorpusOrder,
  draft: CorpusDraft,
): Promise<string | undefined> {
  const shown = plainText(vscode.workspace.asRelativePath(order.out));
  const title = vscode.l10n.t('Building {0}', shown);
  const built = await runJobWithNotification<CorpusBuilt>(context.extensionPath, title, buildArguments(order));
  // A build may end before it hears that it was cancelled.
  const manifest = built?.manifest ?? (await readCorpusManifest(order.out).catch(() => undefined));
  if (!manifest) {
    void offerToGoOn(context, order, draft, shown);
    return undefined;
  }
  // The next corpus is another one.
  delete draft.inputs;
  delete draft.out;
  await vscode.commands.executeCommand('distilbertStudio.refreshModels');
  void tellBuilt(order.out, manifest, shown);
  return order.out;
}

/** The command line of a build. */
function buildArguments({ inputs, tokenizer, out, sequences, maxSeqLength }: CorpusOrder): string[] {
  return [
    ...['corpus', 'build', '--model', tokenizer, '--out', out],
    ...[...SEQUENCE_FLAGS[sequences], '--max-seq-length', String(maxSeqLength)],
    ...inputs.flatMap((input) => ['--input', input]),
  ];
}

async function offerToGoOn(
  context: vscode.ExtensionContext,
  order: CorpusOrder,
  draft: CorpusDraft,
  shown: string,
): Promise<void> {
  const goOn = vscode.l10n.t('Go On');
  const words = vscode.l10n.t('The build of {0} was stopped. Building it again goes on from where it was.', shown);
  if ((await vscode.window.showInformationMessage(words, goOn)) !== goOn) return;
  await build(context, order, draft).catch(showCommandError);
}

async function tellBuilt(folder: string, manifest: CorpusManifest, shown: string): Promise<void> {
  const statistics = vscode.l10n.t('Show Statistics');
  const distil = vscode.l10n.t('Start Distillation');
  const { report, sequences, tokens } = manifest;
  const { language } = vscode.env;
  const number = (value: number) => value.toLocaleString(language);
  const unknown = tokens === 0 ? 0 : report.unknownTokens / tokens;
  const words = vscode.l10n.t(
    '{0} is built: {1} documents, {2} sequences, {3} tokens, {4} of them unknown.',
    shown,
    number(report.documents.kept),
    number(sequences),
    compact(tokens, language),
    unknown.toLocaleString(language, { style: 'percent', maximumSignificantDigits: 2 }),
  );
  const damage = vscode.l10n.t('The input is damaged in {0} places; the statistics say where.', report.faults.length);
  const answer =
    report.faults.length === 0
      ? await vscode.window.showInformationMessage(words, statistics, distil)
      : await vscode.window.showWarningMessage(`${words} ${damage}`, statistics, distil);
  const corpus: Pick<CorpusSummary, 'kind' | 'folder'> = { kind: 'corpus', folder };
  if (answer === statistics) await vscode.commands.executeCommand('distilbertStudio.showCorpusStatistics', folder);
  if (answer === distil) await vscode.commands.executeCommand('distilbertStudio.startDistillation', corpus);
}
