/** What to offer where a device is what failed. */

import * as vscode from 'vscode';

/** True for errors that another device may not have: it is gone, missing, or its memory is full. */
export function concernsDevice(code: string | null | undefined): boolean {
  return code?.startsWith('device') ?? false;
}

/** Lets the user choose a device and resumes the run in `folder` on it, from its last checkpoint. */
export async function resumeElsewhere(folder: string): Promise<void> {
  const device = await vscode.commands.executeCommand<string | undefined>('distilbertStudio.selectDevice');
  if (device !== undefined) await vscode.commands.executeCommand('distilbertStudio.resumeRun', folder);
}
