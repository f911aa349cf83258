/** The command "Select Device": every device there is a name for, those that are missing with the reason and the mend. */

import * as vscode from 'vscode';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
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
    anew = await tellMissing(report);
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
export function itemsOf(reports: readonly DeviceReport[]): Item[] {
  const current = chosenDevice() ?? 'auto';
  const chosen = reports.find((report) => report.chosen);
  const item = (device: string, icon: string): Item => ({
    label: `${device === current ? '$(check) ' : icon}${device}`,
    device,
  });
  const missing = reports.filter(({ available }) => !available);
  return [
    {
      ...item('auto', ''),
      description: chosen ? `→ ${shortDevice(chosen)}` : '',
      detail: vscode.l10n.t('the fastest device there is, unless a config names one'),
    },
    ...reports
      .filter(({ available }) => available)
      .map(
        (report): Item => ({
          ...item(report.name, ''),
          description: adapterText(report),
          detail: deviceDetail(report),
          report,
        }),
      ),
    ...(missing.length === 0
      ? []
      : [{ label: vscode.l10n.t('Not available here'), kind: vscode.QuickPickItemKind.Separator }]),
    ...missing.map(
      (report): Item => ({
        ...item(report.name, '$(circle-slash) '),
        description: adapterText(report),
        detail: deviceDetail(report),
        report,
      }),
    ),
  ];
}

/** Says in full why a device is missing; true when the user has mended it and wants to see the devices again. */
async function tellMissing(report: DeviceReport): Promise<boolean> {
  const again = vscode.l10n.t('Look Again');
  const chosen = await vscode.window.showWarningMessage(`${report.name}: ${deviceDetail(report)}`, again);
  return chosen === again;
}
