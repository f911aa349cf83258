/** The status bar's item with the device; a click selects another. */

import * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore.js';
import { deviceText } from '../runs/runText.js';
import type { DeviceList } from './deviceList.js';
import { chosenDevice, DEVICE_SETTING } from './deviceSetting.js';
import { shortDevice } from './deviceText.js';
import { shownDevice } from './shownDevice.js';

/** Shows what the running run computes on, else what the setting comes to; hidden where nothing may run. */
export function createDeviceStatusBar(runs: RunStore, devices: DeviceList): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('distilbertStudio.device', vscode.StatusBarAlignment.Right);
  item.name = vscode.l10n.t('DistilBERT: Device');
  item.command = 'distilbertStudio.selectDevice';
  const show = () => {
    const { automatic, device, run } = shownDevice(chosenDevice(), runs.runs, devices.known);
    // What a run computes on follows from its own config too.
    const auto = automatic && run === undefined;
    const short = device ? shortDevice(device) : '';
    item.text = `$(circuit-board) ${auto ? (device ? `auto → ${short}` : 'auto') : short}`;
    const long = device ? deviceText(device) : 'auto';
    const said =
      run === undefined
        ? vscode.l10n.t('Device: {0}', auto && device ? `auto → ${long}` : long)
        : vscode.l10n.t('{0} computes on {1}', run, long);
    item.tooltip = said;
    item.accessibilityInformation = { label: `${said}. ${vscode.l10n.t('Select Device')}`, role: 'button' };
    if (vscode.workspace.isTrusted) item.show();
  };
  show();
  return vscode.Disposable.from(
    item,
    runs.onDidChange(show),
    devices.onDidChange(show),
    vscode.workspace.onDidGrantWorkspaceTrust(show),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(DEVICE_SETTING) && show()),
  );
}
