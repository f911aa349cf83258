/** The device: the command that selects it, the status bar that shows it, the suggestion to use another. */

import * as vscode from 'vscode';
import { registerCommand } from '../registerCommand.js';
import { isRunning } from '../runs/runActions.js';
import type { RunStore } from '../runs/runStore.js';
import { lookForPackagesIn } from '../trainerProgram.js';
import { DeviceList } from './deviceList.js';
import { keepPowerPreference } from './deviceSetting.js';
import { createDeviceStatusBar } from './deviceStatusBar.js';
import { suggestGpu } from './suggestGpu.js';

/** Registers them; what is returned ends with the window. */
export function registerDevice(context: vscode.ExtensionContext, runs: RunStore): vscode.Disposable[] {
  const devices = new DeviceList(context.extensionPath, () => runs.runs.some(isRunning));
  const look = () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    lookForPackagesIn(vscode.workspace.isTrusted && folder?.scheme === 'file' ? folder.fsPath : '');
  };
  look();
  return [
    devices,
    vscode.workspace.onDidGrantWorkspaceTrust(look),
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    keepPowerPreference(() => devices.forget()),
    createDeviceStatusBar(runs, devices),
    suggestGpu(context, runs, devices),
    registerCommand('selectDevice', async () => (await import('./selectDevice.js')).selectDevice(devices)),
  ];
}
