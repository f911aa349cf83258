/** The command "Select Device". */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import * as z from 'zod';
import { DEVICE_NAMES } from '../../trainer-core/protocol/devices.js';
import { chosenDevice, DEVICE_SETTING } from '../device.js';
import { trainerProgram } from '../trainerProgram.js';

/** What `devices --json` writes, a line each, as far as it is shown. */
const listedDevice = z.object({ name: z.enum(DEVICE_NAMES), description: z.string() });

/** Lets the user choose among the devices of this machine and sets the setting; resolves with the choice. */
export async function selectDevice(extensionFolder: string): Promise<string | undefined> {
  const current = chosenDevice() ?? 'auto';
  const item = (name: string, description: string, detail?: string) => ({
    label: name === current ? `$(check) ${name}` : name,
    description,
    ...(detail === undefined ? {} : { detail }),
    name,
  });
  const items = listDevices(extensionFolder).then((devices) => [
    item('auto', vscode.l10n.t('the fastest device there is, unless a config names one')),
    ...devices.map(({ name, description }) => item(name, description)),
  ]);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Select Device'),
    placeHolder: vscode.l10n.t('Where to train and classify'),
  });
  if (!picked) return undefined;
  const { ConfigurationTarget } = vscode;
  const target = vscode.workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration().update(DEVICE_SETTING, picked.name, target);
  return picked.name;
}

async function listDevices(extensionFolder: string): Promise<z.output<typeof listedDevice>[]> {
  const { command, args, env } = trainerProgram(extensionFolder, ['devices', '--json']);
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env }, timeout: 60_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => listedDevice.parse(JSON.parse(line)));
}
