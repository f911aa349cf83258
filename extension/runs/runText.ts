/** A run in words: for the tree, the status bar, and those who listen instead of look. */

import * as vscode from 'vscode';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { duration, figure, fractionDone, grouped, memory, percent } from './runFigures.js';

/** `running`, `finished`, … */
export function statusText(status: RunStatus): string {
  switch (status) {
    case 'running':
      return vscode.l10n.t('running');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
  }
}

/** `43%` and `2 min`, as far as they are known. */
export function progressTexts(run: RunSummary): string[] {
  const { language } = vscode.env;
  const fraction = fractionDone(run);
  return [
    ...(fraction === null ? [] : [percent(fraction, language)]),
    ...(run.secondsLeft === null ? [] : [duration(run.secondsLeft, language)]),
  ];
}

/** What stands beside the name: how far it is, or what it came to. */
export function description(run: RunSummary): string {
  const best = run.best ? [bestText(run.best)] : [];
  const parts = run.status === 'finished' ? best : progressTexts(run);
  return [statusText(run.status), ...parts].join(' · ');
}

/** Everything that is known, a line each. */
export function details(run: RunSummary): { label: string; text: string }[] {
  const { language } = vscode.env;
  const { globalStep, totalSteps, loss, best, tokensPerSecond, memoryBytes, secondsLeft, error } = run;
  const { memoryUsedBytes, utilization } = run.deviceUsage ?? {};
  const step = grouped(globalStep, language);
  const rows: [string, string | null][] = [
    [vscode.l10n.t('Status'), statusText(run.status)],
    [vscode.l10n.t('Step'), totalSteps === null ? step : `${step} / ${grouped(totalSteps, language)}`],
    [vscode.l10n.t('Time left'), secondsLeft === null ? null : duration(secondsLeft, language)],
    [vscode.l10n.t('Loss'), loss === null ? null : figure(loss, language)],
    [vscode.l10n.t('Best'), best && bestText(best)],
    [vscode.l10n.t('Tokens/s'), tokensPerSecond === null ? null : grouped(tokensPerSecond, language)],
    [vscode.l10n.t('Memory'), memoryBytes === null ? null : memory(memoryBytes, language)],
    [vscode.l10n.t('Device'), run.device && deviceText(run.device)],
    [vscode.l10n.t('GPU memory'), memoryUsedBytes === undefined ? null : memory(memoryUsedBytes, language)],
    [vscode.l10n.t('GPU load'), utilization === undefined ? null : percent(utilization, language)],
    [vscode.l10n.t('Updated'), new Date(run.updatedMs).toLocaleString(language)],
    [vscode.l10n.t('Error'), error],
  ];
  return rows.flatMap(([label, text]) => (text === null ? [] : [{ label, text }]));
}

/** `webgpu · NVIDIA GeForce RTX 4070`. */
export function deviceText({ name, description }: NonNullable<RunSummary['device']>): string {
  return description === '' ? name : `${name} · ${description}`;
}

/** `Distillation`, … */
export function objectiveText({ objective }: RunSummary): string {
  switch (objective) {
    case 'distill':
      return vscode.l10n.t('Distillation');
    case 'finetune':
      return vscode.l10n.t('Fine-tuning');
    case 'pretrain':
      return vscode.l10n.t('Pre-training');
  }
}

/** A tooltip; what comes from files is text in it, never markup. */
export function tooltip(run: RunSummary): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**').appendText(run.name).appendMarkdown('** · ').appendText(objectiveText(run));
  markdown.appendMarkdown('\n\n');
  for (const { label, text } of details(run)) {
    markdown.appendText(`${label}: ${text.replaceAll('\n', ' ')}`).appendMarkdown('  \n');
  }
  return markdown;
}

function bestText({ metric, value }: NonNullable<RunSummary['best']>): string {
  const shown = figure(value, vscode.env.language);
  return metric === 'macroF1' ? `${vscode.l10n.t('Macro-F1')} ${shown}` : `${vscode.l10n.t('Loss')} ${shown}`;
}
