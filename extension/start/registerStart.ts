/** Commands that begin something: the three trainings, the sample, an import, the choice of a device. */

import * as vscode from 'vscode';
import type { Objective } from '../../trainer-core/protocol/events.js';
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
    registerCommand(name, async (uri?: unknown) => {
      const { startTraining } = await import('./startTraining.js');
      return await startTraining(start, objective, uri instanceof vscode.Uri ? uri : undefined);
    });
  void greetSample(context);
  return [
    training('startDistillation', 'distill'),
    training('startFineTuning', 'finetune'),
    training('startPretraining', 'pretrain'),
    registerCommand('selectDevice', async () =>
      (await import('./selectDevice.js')).selectDevice(context.extensionPath),
    ),
    registerCommand('importModel', async (from?: unknown) =>
      (await import('../models/importModel.js')).importModel(context, typeof from === 'string' ? from : undefined),
    ),
    registerCommand('openSampleWorkspace', async () => (await import('./openSample.js')).openSampleWorkspace(context)),
    registerCommand('trainSampleClassifier', async () =>
      (await import('./openSample.js')).trainSampleClassifier(start),
    ),
  ];
}
