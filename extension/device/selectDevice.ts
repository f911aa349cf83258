/** The command "Select Device": every device there is a name for, those that are missing with the reason and the mend. */

import * as vscode from 'vscode';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { runJobWithNotification } from '../jobNotification.js';
import { plainText } from '../plainText.js';
import type { DeviceList } from './deviceList.js';
import { chosenDevice, setDevice } from './deviceSetting.js';
import { adapterText, deviceDetail, shortDevice } from './deviceText.js';

interface Item extends vscode.QuickPickItem {
  /** The setting's value; absent for a line between groups. */
  device?: string;
  /** Absent for `auto`. */
  report?: DeviceReport;
}

/** Lets the user choose among the devices of this machine and sets the setting; resolves with the choice. */
export async function selectDevice(devices: DeviceList): Promise<string | undefined> {
  for (let anew = false; ; ) {
    const picked = await showPick(devices, anew);
    if (picked === undefined) return undefined;
    const { device, report } = picked;
    if (device === undefined) return undefined;
    if (!report || report.available) {
      await setDevice(device);
      return device;
    }
    anew = await tellMissing(report, devices.extensionFolder);
    if (!anew) return undefined;
  }
}

/** Resolves with the accepted item, or with undefined when the user left. */
async function showPick(devices: DeviceList, anew: boolean): Promise<Item | undefined> {
  const again: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('refresh'),
    tooltip: vscode.l10n.t('Look for Devices Again'),
  };
  const input = vscode.window.createQuickPick<Item>();
  input.title = vscode.l10n.t('Select Device');
  input.buttons = [again];
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  const fill = async (afresh: boolean) => {
    input.busy = true;
    input.placeholder = vscode.l10n.t('Looking for devices…');
    const items = itemsOf(await devices.ask(afresh));
    input.items = items;
    input.activeItems = items.filter(({ device }) => device === (chosenDevice() ?? 'auto'));
    input.placeholder = vscode.l10n.t('Where to train and classify');
    input.busy = false;
  };
  try {
    return await new Promise<Item | undefined>((resolve, reject) => {
      input.onDidTriggerButton(() => void fill(true).catch(reject));
      input.onDidHide(() => resolve(undefined));
      input.onDidAccept(() => {
        const [chosen] = input.selectedItems;
        if (chosen) resolve(chosen);
      });
      input.show();
      fill(anew).catch(reject);
    });
  } finally {
    input.dispose();
  }
}

/** `auto`, the devices that are here, then those that are not. */
function itemsOf(reports: readonly DeviceReport[]): Item[] {
  const current = chosenDevice() ?? 'auto';
  // Icons beside labels, not in them: their names would be read out.
  const item = (device: string, description: string, detail: string, icon = 'blank'): Item => ({
    label: device,
    description,
    detail: device === current ? `${vscode.l10n.t('set now')} · ${detail}` : detail,
    iconPath: new vscode.ThemeIcon(device === current ? 'check' : icon),
    device,
  });
  const ofReport = (report: DeviceReport, icon?: string): Item => ({
    ...item(report.name, adapterText(report), deviceDetail(report), icon),
    report,
  });
  const chosen = reports.find((report) => report.chosen);
  const missing = reports.filter(({ available }) => !available);
  const unavailable = { label: vscode.l10n.t('Not available here'), kind: vscode.QuickPickItemKind.Separator };
  return [
    item(
      'auto',
      chosen ? `→ ${shortDevice(chosen)}` : '',
      vscode.l10n.t('the fastest device there is, unless a config names one'),
    ),
    ...reports.filter(({ available }) => available).map((report) => ofReport(report)),
    ...(missing.length === 0 ? [] : [unavailable]),
    ...missing.map((report) => ofReport(report, 'circle-slash')),
  ];
}

/** Says in full why a device is missing, and fetches CUDA's files for those who want them; true when the devices are to be shown again. */
async function tellMissing(report: DeviceReport, extensionFolder: string): Promise<boolean> {
  const again = vscode.l10n.t('Look Again');
  const fetch = vscode.l10n.t('Fetch Files (Hundreds of MB)');
  const buttons = report.name === 'cuda' && report.reason?.code === 'binariesAbsent' ? [fetch, again] : [again];
  const chosen = await vscode.window.showWarningMessage(
    plainText(`${report.name}: ${deviceDetail(report)}`),
    ...buttons,
  );
  if (chosen !== fetch) return chosen === again;
  const title = vscode.l10n.t('Fetching the CUDA files for onnxruntime');
  return (await runJobWithNotification(extensionFolder, title, ['devices', 'install', 'cuda'])) !== undefined;
}
