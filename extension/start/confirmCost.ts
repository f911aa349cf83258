/** Tells what a run will cost and asks whether to start it. */

import * as vscode from 'vscode';
import type { Estimate } from '../../trainer-core/protocol/jobs.js';
import { duration, grouped, memory } from '../runs/runFigures.js';
import { compact, fit, rough } from './estimateFigures.js';

/** What the user wants; undefined: nothing. */
export async function confirmCost(cost: Estimate, config: string): Promise<'start' | 'open' | undefined> {
  const start = vscode.l10n.t('Start');
  const open = vscode.l10n.t('Open Config');
  const options = { modal: true, detail: costLines(cost).join('\n') };
  const answer =
    fit(cost) === 'tooLarge'
      ? await vscode.window.showWarningMessage(
          vscode.l10n.t('{0} will probably not fit into memory. Start it all the same?', config),
          options,
          open,
          start,
        )
      : await vscode.window.showInformationMessage(vscode.l10n.t('Start {0}?', config), options, start, open);
  return answer === start ? 'start' : answer === open ? 'open' : undefined;
}

/** What the run needs, a line for each kind of thing. */
export function costLines(cost: Estimate): string[] {
  const { language } = vscode.env;
  const number = (value: number) => grouped(value, language);
  const short = (value: number) => compact(value, language);
  const { parameters, teacherParameters, totalSteps, secondsPerStep, seconds, tokensPerSecond } = cost;
  const data = [number(cost.sequences), short(cost.tokensPerEpoch)] as const;
  return [
    teacherParameters === null
      ? vscode.l10n.t('Weights: {0} to train', short(parameters))
      : vscode.l10n.t('Weights: {0} to train, {1} of the teacher', short(parameters), short(teacherParameters)),
    cost.extrapolated
      ? vscode.l10n.t('Data: about {0} sequences, {1} tokens an epoch, estimated from the first part', ...data)
      : vscode.l10n.t('Data: {0} sequences, {1} tokens an epoch', ...data),
    vscode.l10n.t(
      'Steps: {0}, {1} s each ({2} tokens/s)',
      number(totalSteps),
      rough(secondsPerStep, language),
      number(tokensPerSecond),
    ),
    vscode.l10n.t('Time: about {0}', duration(Math.max(1, seconds), language)),
    memoryLine(cost),
    vscode.l10n.t('Device: {0}', cost.device),
  ];
}

function memoryLine(cost: Estimate): string {
  const { language } = vscode.env;
  const needs = memory(cost.memoryBytes, language);
  const free = memory(cost.availableBytes ?? 0, language);
  switch (fit(cost)) {
    case 'unknown':
      return vscode.l10n.t('Memory: {0}', needs);
    case 'fits':
      return vscode.l10n.t('Memory: {0} of {1} free', needs, free);
    case 'tight':
      return vscode.l10n.t('Memory: {0} of {1} free. That is tight: close other programs.', needs, free);
    case 'tooLarge':
      return vscode.l10n.t(
        'Memory: needs {0}, but only {1} is free. A smaller batchSize (with more gradientAccumulationSteps) or a shorter maxSeqLength needs less.',
        needs,
        free,
      );
  }
}
