/** Where and how to compute, as the user has set it. */

import * as vscode from 'vscode';

/** The setting; "Select Device" writes it. */
export const DEVICE_SETTING = 'distilbertStudio.device';

const PRECISION_SETTING = 'distilbertStudio.precision';

/** The device that the user has set, or null for `auto`: the trainer or the config then says. */
export function chosenDevice(): string | null {
  const device = vscode.workspace.getConfiguration().get(DEVICE_SETTING, 'auto');
  return device === 'auto' ? null : device;
}

/** How a command of the trainer is told: nothing when it may choose. */
export function deviceFlag(): string[] {
  const device = chosenDevice();
  return device === null ? [] : ['--device', device];
}

/** How a training is told: the device, and the precision where the config shall not say it. */
export function trainingFlags(): string[] {
  const precision = vscode.workspace.getConfiguration().get(PRECISION_SETTING, 'auto');
  return [...deviceFlag(), ...(precision === 'auto' ? [] : ['--precision', precision])];
}

/** Sets the device for the open folder, or where none is open for the user. */
export async function setDevice(device: string): Promise<void> {
  const { ConfigurationTarget } = vscode;
  const target = vscode.workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration().update(DEVICE_SETTING, device, target);
}
