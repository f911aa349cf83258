/** Tells, once on a machine, that a run computes on the processor while a GPU stands idle. */

import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { plainText } from '../plainText.js';
import { showCommandError } from '../registerCommand.js';
import type { RunStore } from '../runs/runStore.js';
import type { DeviceList } from './deviceList.js';
import { setDeviceEverywhere } from './deviceSetting.js';
import { type IdleGpuAnswer, idleGpu, isOnProcessor, mayAsk, NOT_NOW_MS } from './idleGpu.js';

/** Where the answer is kept. The editor's memory is its user's, who may work on several machines with it. */
const ANSWER = `idleGpuAnswer ${hostname()}`;

/** Looks at the devices when the first run on the processor is seen; asks at most once a window. */
export function suggestGpu(
  { globalState }: vscode.ExtensionContext,
  runs: RunStore,
  devices: DeviceList,
): vscode.Disposable {
  const watch = runs.onDidChange(() => {
    const run = runs.runs.find(isOnProcessor);
    if (!run || !vscode.workspace.isTrusted) return;
    watch.dispose();
    if (mayAsk(globalState.get<IdleGpuAnswer>(ANSWER), Date.now()))
      suggest(globalState, run.name, devices).catch(showCommandError);
  });
  return watch;
}

async function suggest(memory: vscode.Memento, run: string, devices: DeviceList): Promise<void> {
  // A machine that cannot list its devices is none to suggest another one on; Select Device tells why.
  const gpu = idleGpu(await devices.ask().catch(() => []));
  // Another window may have asked meanwhile.
  if (!gpu || !mayAsk(memory.get<IdleGpuAnswer>(ANSWER), Date.now())) return;
  // Noted before it is asked: a question that is closed unanswered is not asked again.
  await memory.update(ANSWER, 'never' satisfies IdleGpuAnswer);
  const use = vscode.l10n.t('Use It');
  const notNow = vscode.l10n.t('Not Now');
  const chosen = await vscode.window.showInformationMessage(
    plainText(
      vscode.l10n.t(
        '{0} trains on the processor, while the GPU {1} stands idle. Use it from the next run on?',
        run,
        gpu.description || gpu.name,
      ),
    ),
    use,
    notNow,
    vscode.l10n.t('Never'),
  );
  // As the question, the answer is about the machine.
  if (chosen === use) await setDeviceEverywhere(gpu.name);
  if (chosen === notNow) await memory.update(ANSWER, { notBefore: Date.now() + NOT_NOW_MS } satisfies IdleGpuAnswer);
}
