/** Where and how to compute, as the user has set it. */

import * as vscode from 'vscode';
import { setAddedEnvironment } from '../trainerProgram.js';
import { type PowerPreference, powerEnvironment } from './powerPreference.js';

/** The setting; "Select Device" writes it. */
export const DEVICE_SETTING = 'distilbertStudio.device';

const PRECISION_SETTING = 'distilbertStudio.precision';

/** The setting that says which of two GPUs is taken. */
export const POWER_SETTING = 'distilbertStudio.powerPreference';

/** Tells the trainer's processes of the power preference, now and after each change; `changed` is called then. */
export function keepPowerPreference(changed: () => void): vscode.Disposable {
  const keep = () => {
    const preference = vscode.workspace.getConfiguration().get<PowerPreference>(POWER_SETTING, 'highPerformance');
    setAddedEnvironment(powerEnvironment(preference, process.platform, process.env));
  };
  keep();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (!change.affectsConfiguration(POWER_SETTING)) return;
    keep();
    changed();
  });
}

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

/** Sets the device for the user, in every folder; what the open one has set for itself, which would go before it, is taken back. */
export async function setDeviceEverywhere(device: string): Promise<void> {
  const { ConfigurationTarget } = vscode;
  const settings = vscode.workspace.getConfiguration();
  await settings.update(DEVICE_SETTING, device, ConfigurationTarget.Global);
  if (settings.inspect(DEVICE_SETTING)?.workspaceValue !== undefined)
    await settings.update(DEVICE_SETTING, undefined, ConfigurationTarget.Workspace);
}
