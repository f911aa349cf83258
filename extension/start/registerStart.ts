/** Commands that begin something: the three trainings, the sample, an import. */

import * as vscode from 'vscode';
import type { Objective } from '../../trainer-core/protocol/events.js';
import type { CorpusSummary } from '../corpus/corpusFolder.js';
import { registerCommand } from '../registerCommand.js';
import type { RunStore } from '../runs/runStore.js';
import { greetSample } from './greetSample.js';
import type { Drafts } from './newConfig.js';

/** Registers them; what is returned ends with the window. */
export function registerStart(context: vscode.ExtensionContext, runs: RunStore): vscode.Disposable[] {
  const drafts: Drafts = { distill: {}, finetune: {}, pretrain: {} };
  const start = { context, runs, drafts };
  // Each command loads its code when it is first used: the config schemas alone would double what activation takes.
  const training = (name: string, objective: Objective) =>
    registerCommand(name, async (argument?: unknown) => {
      const { startTraining } = await import('./startTraining.js');
      const config = argument instanceof vscode.Uri ? argument : undefined;
      return await startTraining(start, objective, config, corpusIn(argument));
    });
  void greetSample(context);
  return [
    training('startDistillation', 'distill'),
    training('startFineTuning', 'finetune'),
    training('startPretraining', 'pretrain'),
    registerCommand('importModel', async (from?: unknown) =>
      (await import('../models/importModel.js')).importModel(context, typeof from === 'string' ? from : undefined),
    ),
    registerCommand('openSampleWorkspace', async () => (await import('./openSample.js')).openSampleWorkspace(context)),
    registerCommand('trainSampleClassifier', async () =>
      (await import('./openSample.js')).trainSampleClassifier(start),
    ),
  ];
}

/** The folder in what a corpus's row, page or notice gives; undefined for anything else. */
function corpusIn(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { kind, folder } = argument as Partial<Record<keyof CorpusSummary, unknown>>;
  return kind === 'corpus' && typeof folder === 'string' ? folder : undefined;
}
