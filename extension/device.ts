/** Where to train and classify, as the user has set it. */

import * as vscode from 'vscode';

/** The setting; "Select Device" writes it. */
export const DEVICE_SETTING = 'distilbertStudio.device';

/** What the user has set, or null for `auto`: the trainer or the config then says. */
export function chosenDevice(): string | null {
  const device = vscode.workspace.getConfiguration().get(DEVICE_SETTING, 'auto');
  return device === 'auto' ? null : device;
}

/** How a command of the trainer is told: nothing when it may choose. */
export function deviceFlag(): string[] {
  const device = chosenDevice();
  return device === null ? [] : ['--device', device];
}
